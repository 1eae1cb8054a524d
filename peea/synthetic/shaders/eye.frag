// The eyeball: sclera, iris with its darker rim and the pale ring of old age, pupil, and a wet highlight.
uniform vec3 eye_center;
uniform vec3 eye_axis;
uniform vec3 iris;
uniform float arcus;
in vec3 P;
in vec3 N;
in vec2 T;
in vec4 A;
in vec3 B;
out vec4 color;

void main() {
    vec3 d = normalize(P - eye_center);
    vec3 n = normalize(mix(normalize(N), d, 0.7));
    vec3 v = normalize(-P);
    float c = dot(d, eye_axis);
    float r = c < 0.0 ? 2.0 : sqrt(max(0.0, 1.0 - c * c));
    float e = max(fwidth(r), 0.02);
    vec3 across = normalize(cross(vec3(0.0, 1.0, 0.0), eye_axis));
    float angle = atan(dot(d, cross(eye_axis, across)), dot(d, across));
    float streak = 0.5 + 0.5 * sin(angle * 23.0 + 3.0 * sin(angle * 7.0));
    vec3 sclera = mix(vec3(0.60, 0.555, 0.51), vec3(0.52, 0.33, 0.28), smoothstep(0.72, 1.05, r) * 0.55);
    vec3 inner = iris * (0.75 + 0.45 * streak) * mix(1.25, 0.8, smoothstep(0.18, 0.42, r));
    inner = mix(inner, iris * 0.3, smoothstep(0.38, 0.44, r));
    inner = mix(inner, vec3(0.42, 0.42, 0.42), arcus * 0.35 * smoothstep(0.36, 0.41, r) * (1.0 - smoothstep(0.41, 0.46, r)));
    vec3 albedo = mix(inner, sclera, smoothstep(0.445 - e, 0.445 + e, r));
    albedo = mix(vec3(0.004), albedo, smoothstep(0.16 - e, 0.16 + e, r));
    float lid_shade = mix(0.42, 1.0, smoothstep(0.55, -0.15, d.y)) * mix(0.6, 1.0, smoothstep(0.95, 0.6, abs(d.x)));
    vec3 sum = albedo * ambient_at(n) * lid_shade;
    for (int i = 0; i < 3; i++) {
        float s = shadow_of(i, P + d * 0.02, 0.003);
        float nl = max(dot(n, light_direction[i]), 0.0);
        sum += light_color[i] * s * (albedo * nl * lid_shade + 0.5 * specular(d, v, light_direction[i], 0.12, 0.035));
    }
    color = vec4(sum, 1.0);
}
