// Skin: tone from the texture, folds from the weighted height maps, light that bleeds red through thin shadow.
uniform sampler2D tone;
uniform sampler2DArray folds;
uniform vec4 folds_left[3];
uniform vec4 folds_right[3];
uniform float fold_depth;
uniform int used_folds;  // textures beyond have no weight
uniform vec3 lip_tint;
uniform vec3 hair_color;
uniform float oil;
uniform float melanin;
in vec3 P;
in vec3 N;
in vec2 T;
in vec4 A;  // lips, inside of the mouth, lids, scalp under hair
in vec3 B;
out vec4 color;

float height_at(vec2 t, float left) {
    float h = 0.0;
    for (int i = 0; i < used_folds; i++)
        h += dot(texture(folds, vec3(t, float(i))), mix(folds_right[i], folds_left[i], left));
    return h;
}

void main() {
    vec3 n = normalize(N + vec3(0.0, 0.0, 1e-5));
    vec3 smooth_n = n;
    vec3 v = normalize(-P);
    float left = smoothstep(0.484, 0.516, T.x);
    vec3 dpx = dFdx(P), dpy = dFdy(P);
    vec2 ux = dFdx(T), uy = dFdy(T);
    float h = height_at(T, left);
    float calm = 1.0 - 0.85 * max(A.y, 0.0);
    float hx = height_at(T + ux, left) - h, hy = height_at(T + uy, left) - h;
    vec3 r1 = cross(dpy, n), r2 = cross(n, dpx);
    float det = dot(dpx, r1);
    vec3 g = sign(det) * (hx * r1 + hy * r2) * fold_depth * calm;
    vec3 folded = abs(det) * n - g;
    float size = dot(folded, folded);
    if (size > 1e-24) n = folded * inversesqrt(size);

    vec4 texel = texture(tone, T);
    vec3 albedo = texel.rgb * texel.rgb;
    float lips = smoothstep(0.15, 0.75, A.x);
    albedo = mix(albedo, albedo * lip_tint, lips * 0.85);
    albedo = mix(albedo, albedo * vec3(0.93, 0.84, 0.84), A.z * 0.7);
    albedo = mix(albedo, hair_color, clamp(A.w, 0.0, 1.0) * 0.8);
    albedo = mix(albedo, vec3(0.10, 0.022, 0.02), smoothstep(0.3, 0.9, A.y));
    float cavity = 0.8 * (1.0 - exp(-max(-h, 0.0) * 0.42));
    albedo *= 1.0 - cavity * mix(0.55, 0.70, melanin);
    float covered = max(texel.a, A.w);
    float rough = mix(mix(0.50, 0.42, melanin), 0.36, lips * 0.8);
    float f0 = mix(0.026, 0.036, melanin) * oil * (1.0 - 0.7 * covered) * (1.0 - cavity);
    float buried = 1.0 - 0.75 * smoothstep(0.2, 0.9, A.y);

    vec3 sum = albedo * ambient_at(n) * (1.0 - 0.5 * cavity) * buried;
    vec3 wrap = vec3(0.30, 0.14, 0.10) * (1.0 - 0.4 * melanin);
    for (int i = 0; i < 3; i++) {
        float s = shadow_of(i, P + smooth_n * 0.02, 0.003);
        vec3 l = light_direction[i];
        float nl = dot(n, l);
        vec3 lit = vec3(mix(nl, dot(smooth_n, l), 0.25 * (1.0 - melanin)), nl, nl);
        vec3 diffuse = clamp((lit + wrap) / (1.0 + wrap), 0.0, 1.0);
        diffuse *= mix(vec3(s), vec3(1.0), vec3(0.10, 0.035, 0.02));
        sum += light_color[i] * (albedo * diffuse * buried + vec3(specular(n, v, l, rough, f0)) * s);
    }
    color = vec4(sum, 1.0);
}
