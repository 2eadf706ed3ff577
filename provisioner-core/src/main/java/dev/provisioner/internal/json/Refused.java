package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.provisioner.secret.Secret;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Types that the JSON library would record in a way that loses something, or reads unsafely. */
final class Refused<T> extends StdSerializer<T> {
  private static final long serialVersionUID = 1L;

  private final String reason;

  private Refused(Class<T> type, String reason) {
    super(type);
    this.reason = reason;
  }

  static void register(SimpleModule types) {
    optional(types, Optional.class);
    optional(types, OptionalInt.class);
    optional(types, OptionalLong.class);
    optional(types, OptionalDouble.class);
    types.addSerializer(
        new Refused<>(
            Class.class, "has the type java.lang.Class; record a name that the host looks up"));
    types.addKeySerializer(
        Secret.class,
        new Refused<>(
            Secret.class, "has a secret as a map key, which cannot be sealed; use a list"));
  }

  private static <T> void optional(SimpleModule types, Class<T> type) {
    types.addSerializer(
        type,
        new Refused<>(
            type, "has the type " + type.getName() + "; use a nullable field, absent when null"));
  }

  @Override
  public void serialize(T value, JsonGenerator out, SerializerProvider provider)
      throws IOException {
    throw new Unrecordable(out, reason);
  }

  @Override
  public boolean isEmpty(SerializerProvider provider, T value) {
    return false;
  }
}
