// Widens a strand of hair into a ribbon that faces the camera, which sits at the origin.
uniform mat4 projection;
uniform mat4 head;
in vec3 position;
in vec3 tangent;
in vec4 strand;  // signed half width, brightness, share along the lock, side -1 or 1
out vec3 P;
out vec3 N;
out vec4 A;
void main() {
    vec3 centre = (head * vec4(position, 1.0)).xyz;
    vec3 along = mat3(head) * tangent;
    vec3 side = normalize(cross(along, -centre) + vec3(1e-6));
    P = centre + side * strand.x;
    N = along;
    A = strand;
    gl_Position = projection * vec4(P, 1.0);
}
