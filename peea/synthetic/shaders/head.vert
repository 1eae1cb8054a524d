// Places a vertex of the head: the skull turns with the head matrix, the trunk with its own, the neck in between.
uniform mat4 projection;
uniform mat4 head;
uniform mat4 trunk;
in vec3 position;
in vec3 normal;
in vec2 coordinate;
in vec4 mask;
in vec3 template_position;
in float head_share;
out vec3 P;
out vec3 N;
out vec2 T;
out vec4 A;
out vec3 B;
void main() {
    mat4 m = head * head_share + trunk * (1.0 - head_share);
    P = (m * vec4(position, 1.0)).xyz;
    N = mat3(m) * normal;
    T = coordinate;
    A = mask;
    B = template_position;
    gl_Position = projection * vec4(P, 1.0);
}
