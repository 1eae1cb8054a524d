// Lights, shadows and the reflection that every material shares. Camera space; the camera is at the origin.
uniform vec3 light_direction[3];
uniform vec3 light_color[3];
uniform vec3 ambient;
uniform mat4 light_matrix[2];
uniform sampler2DShadow shadow0;
uniform sampler2DShadow shadow1;

float shadow_at(sampler2DShadow map, mat4 m, vec3 p, float bias) {
    vec3 c = (m * vec4(p, 1.0)).xyz * 0.5 + 0.5;
    if (c.x < 0.0 || c.y < 0.0 || c.x > 1.0 || c.y > 1.0) return 1.0;
    float z = c.z - bias;
    const float r = 1.6 / 1024.0;
    return 0.25 * (texture(map, vec3(c.xy + vec2(-r, -0.4 * r), z)) + texture(map, vec3(c.xy + vec2(0.4 * r, -r), z))
                   + texture(map, vec3(c.xy + vec2(r, 0.4 * r), z)) + texture(map, vec3(c.xy + vec2(-0.4 * r, r), z)));
}

float shadow_of(int i, vec3 p, float bias) {
    if (i == 0) return shadow_at(shadow0, light_matrix[0], p, bias);
    if (i == 1) return shadow_at(shadow1, light_matrix[1], p, bias);
    return 1.0;
}

vec3 ambient_at(vec3 n) {
    return ambient * mix(0.6, 1.1, 0.5 + 0.5 * n.y);
}

// GGX with Schlick's Fresnel term; rough is the perceptual roughness.
float specular(vec3 n, vec3 v, vec3 l, float rough, float f0) {
    vec3 h = normalize(l + v);
    float nh = clamp(dot(n, h), 0.0, 1.0), nv = max(dot(n, v), 0.05), nl = max(dot(n, l), 0.0);
    float a2 = rough * rough * rough * rough;
    float d = a2 / (3.1416 * pow(nh * nh * (a2 - 1.0) + 1.0, 2.0));
    float f = f0 + (1.0 - f0) * pow(1.0 - clamp(dot(h, v), 0.0, 1.0), 5.0);
    float k = 0.5 * rough;
    float g = 1.0 / ((nl * (1.0 - k) + k) * (nv * (1.0 - k) + k) * 4.0 + 0.02);
    return d * f * g * nl;
}
