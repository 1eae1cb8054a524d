// Locks of hair, each a ribbon of several hairs: Kajiya and Kay's cylinders (SIGGRAPH 1989), darker towards the root.
uniform vec3 hair_color;
uniform float hair_shine;
in vec3 P;
in vec3 N;
in vec4 A;
out vec4 color;

void main() {
    float hairs = floor((A.w * 0.5 + 0.5) * 5.999);
    float own = fract(sin(hairs * 12.9898 + A.y * 437.585) * 43758.5453);
    if (A.z > 0.5 + 0.5 * own) discard;  // the hairs of a lock end one by one
    vec3 t = normalize(N);
    vec3 v = normalize(-P);
    vec3 albedo = hair_color * (A.y + 0.5 * (own - 0.5)) * mix(0.62, 1.0, smoothstep(0.0, 0.5, A.z));
    vec3 sum = albedo * ambient * 1.0;
    for (int i = 0; i < 3; i++) {
        float s = shadow_of(i, P, 0.012);
        float tl = dot(t, light_direction[i]), tv = dot(t, v);
        float across = sqrt(max(0.0, 1.0 - tl * tl));
        float shine = pow(max(0.0, across * sqrt(max(0.0, 1.0 - tv * tv)) - tl * tv), 30.0);
        float front = 0.35 + 0.65 * smoothstep(-0.4, 0.5, dot(normalize(P - vec3(0.0, 0.0, P.z - 1.0)), light_direction[i]));
        sum += light_color[i] * mix(0.25, 1.0, s) * (albedo * across * 0.72 * front + hair_shine * shine);
    }
    color = vec4(sum, 1.0);
}
