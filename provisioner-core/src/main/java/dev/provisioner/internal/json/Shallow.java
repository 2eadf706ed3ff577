package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Stops a value that contains itself at the depth limit. The library's buffer would go on until the
 * stack overflows, which may leave locks of the platform broken.
 */
final class Shallow extends JsonGeneratorDelegate {

  private final int outerDepth;

  Shallow(TokenBuffer buffer, int outerDepth) {
    super(buffer);
    this.outerDepth = outerDepth;
  }

  /** Returns how many arrays and objects are open, with those around this buffer. */
  int depth() {
    return outerDepth + getOutputContext().getNestingDepth();
  }

  @Override
  public void writeStartArray() throws IOException {
    requireRoom();
    super.writeStartArray();
  }

  @Override
  public void writeStartArray(@Nullable Object value) throws IOException {
    requireRoom();
    super.writeStartArray(value);
  }

  @Override
  public void writeStartArray(@Nullable Object value, int size) throws IOException {
    requireRoom();
    super.writeStartArray(value, size);
  }

  @Override
  public void writeStartObject() throws IOException {
    requireRoom();
    super.writeStartObject();
  }

  @Override
  public void writeStartObject(@Nullable Object value) throws IOException {
    requireRoom();
    super.writeStartObject(value);
  }

  @Override
  public void writeStartObject(@Nullable Object value, int size) throws IOException {
    requireRoom();
    super.writeStartObject(value, size);
  }

  private void requireRoom() throws Unrecordable {
    if (depth() > Tree.MAX_DEPTH) {
      throw new Unrecordable(this, Refusals.TOO_DEEP);
    }
  }
}
