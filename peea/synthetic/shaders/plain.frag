// Teeth, tongue, lashes and cloth. kind: 0 teeth, 1 tongue, 2 lashes, 3 cloth, 4 plastic or metal.
uniform int kind;
uniform vec3 base;
uniform float shine;
uniform float opacity;
in vec3 P;
in vec3 N;
in vec2 T;
in vec4 A;
in vec3 B;
out vec4 color;

void main() {
    vec3 n = normalize(N);
    vec3 v = normalize(-P);
    if (dot(n, v) < 0.0) n = -n;
    vec3 albedo = base;
    float rough = 0.5, f0 = 0.0, wrap = 0.1, inside = 1.0, alpha = 1.0;
    if (kind == 0) {
        float turn = atan(B.x, B.z - 1.02);
        float gap = abs(fract(turn * 3.1 + 0.5) - 0.5);
        albedo *= mix(0.45, 1.0, smoothstep(0.0, 0.07, gap));
        inside = mix(0.15, 1.0, smoothstep(1.22, 1.46, B.z));
        rough = 0.3; f0 = 0.03;
    } else if (kind == 1) {
        inside = mix(0.2, 0.85, smoothstep(0.95, 1.35, B.z));
        rough = 0.35; f0 = 0.03;
    } else if (kind == 2) {
        float hairs = 0.5 + 0.5 * sin(B.x * 420.0);
        alpha = (1.0 - A.x) * mix(0.35, 0.85, hairs) * opacity;
    } else if (kind == 3) {
        // template: B.y up. The neckline of a hospital gown, a hem, and weave too fine to see.
        float neckline = 5.66 + 0.5 * B.x * B.x - 0.16 * smoothstep(0.1, 1.0, B.z);
        float over = B.y - neckline;
        if (over > 0.0 && abs(B.x) < 1.25) discard;
        albedo *= mix(1.0, 0.86, smoothstep(-0.085, -0.075, over) * step(abs(B.x), 1.25));
        float print = step(0.93, sin(B.x * 21.0 + 1.3 * floor(B.y * 3.5)) * sin(B.y * 22.0));
        albedo *= mix(1.0, 0.72, print * A.y);
        float crease = sin(B.x * 3.1 + 2.0 * sin(B.y * 1.7)) * 0.06 + sin(B.y * 5.0 + B.x * 4.0) * 0.04;
        n = normalize(n + vec3(crease, 0.4 * crease, 0.0));
        rough = 0.9; f0 = 0.0; wrap = 0.25;
    } else {
        rough = 0.28; f0 = shine; alpha = opacity;
    }
    vec3 sum = albedo * ambient_at(n) * inside;
    for (int i = 0; i < 3; i++) {
        float s = shadow_of(i, P + n * 0.03, 0.004);
        float nl = clamp((dot(n, light_direction[i]) + wrap) / (1.0 + wrap), 0.0, 1.0);
        sum += light_color[i] * s * (albedo * nl * inside + specular(n, v, light_direction[i], rough, f0) * inside);
    }
    if (kind == 4 && shine > 0.0) {
        vec3 r = reflect(-v, n);
        sum += ambient * shine * 2.0 * smoothstep(0.1, 0.9, r.y);
    }
    color = vec4(sum * alpha, alpha);
}
