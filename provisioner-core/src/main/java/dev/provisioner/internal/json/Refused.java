package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
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
  private static final String CLASS =
      "has the type java.lang.Class; record a name that the host looks up";

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
    types.addSerializer(new Refused<>(Class.class, CLASS));
    types.addDeserializer(Class.class, new Unloaded());
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

  /** Whoever can write to the store must not choose classes to load. */
  private static final class Unloaded extends StdScalarDeserializer<Class<?>> {
    private static final long serialVersionUID = 1L;

    Unloaded() {
      super(Class.class);
    }

    @Override
    public Class<?> deserialize(JsonParser in, DeserializationContext context) throws IOException {
      throw new Unrecordable(in, CLASS);
    }
  }
}
