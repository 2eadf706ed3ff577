package dev.provisioner.internal.json;

import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.Closeable;

/** Thrown inside the JSON library by our own serializers; the reason names no value. */
final class Unrecordable extends JsonMappingException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  Unrecordable(Closeable at, String reason) {
    super(at, reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
