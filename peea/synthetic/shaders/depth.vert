// Depth only, for shadow maps and for the visibility of landmarks.
uniform mat4 projection;
uniform mat4 head;
uniform mat4 trunk;
in vec3 position;
in float head_share;
void main() {
    mat4 m = head * head_share + trunk * (1.0 - head_share);
    gl_Position = projection * (m * vec4(position, 1.0));
}
