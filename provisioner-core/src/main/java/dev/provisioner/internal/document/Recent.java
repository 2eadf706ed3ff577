package dev.provisioner.internal.document;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Writes values of which few differ, and remembers the JSON of some that it wrote lately: the times
 * of a turn, the policies of a plan.
 */
final class Recent<T> extends JsonSerializer<T> {
  private static final int KEPT = 16; // a power of two

  private final AtomicReferenceArray<Written<T>> kept = new AtomicReferenceArray<>(KEPT);
  private final Form<T> form;

  /** How a value is written. */
  interface Form<T> {
    byte[] json(T value) throws IOException;
  }

  private record Written<T>(T value, Json json) {}

  Recent(Form<T> form) {
    this.form = form;
  }

  @Override
  public void serialize(T value, JsonGenerator out, SerializerProvider provider)
      throws IOException {
    int hash = value.hashCode();
    int place = (hash ^ (hash >>> 16)) & (KEPT - 1);
    Written<T> written = kept.get(place);
    if (written == null || !written.value().equals(value)) {
      written = new Written<>(value, new Json(form.json(value)));
      kept.set(place, written);
    }
    out.writeRawValue(written.json());
  }
}
