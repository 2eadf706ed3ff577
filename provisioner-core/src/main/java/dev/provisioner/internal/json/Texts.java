package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.function.Function;

/** Types recorded as the text of their {@code toString}, in ISO 8601 where it is a time. */
final class Texts {
  private Texts() {}

  static void register(SimpleModule types) {
    text(types, Duration.class, Duration::parse);
    text(types, Period.class, Period::parse);
    text(types, Instant.class, Instant::parse);
    text(types, LocalDate.class, LocalDate::parse);
    text(types, LocalTime.class, LocalTime::parse);
    text(types, LocalDateTime.class, LocalDateTime::parse);
    text(types, OffsetDateTime.class, OffsetDateTime::parse);
    text(types, ZonedDateTime.class, ZonedDateTime::parse);
    text(types, ZoneId.class, ZoneId::of);
    text(types, Path.class, Path::of);
  }

  private static <T> void text(SimpleModule types, Class<T> type, Function<String, T> parse) {
    types.addSerializer(type, new Writer<>(type));
    types.addDeserializer(type, new Reader<>(type, parse));
    types.addKeyDeserializer(type, new Key(type, parse));
  }

  private static final class Writer<T> extends StdScalarSerializer<T> {
    private static final long serialVersionUID = 1L;

    Writer(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.toString());
    }
  }

  private static final class Reader<T> extends StdScalarDeserializer<T> {
    private static final long serialVersionUID = 1L;

    private final transient Function<String, T> parse;

    Reader(Class<T> type, Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (in.currentToken() != JsonToken.VALUE_STRING) {
        throw new Unrecordable(in, "is no text and does not fit the type " + _valueClass.getName());
      }
      try {
        return parse.apply(in.getText());
      } catch (RuntimeException e) {
        // Not chained: the message of a parser quotes the text.
        throw new Unrecordable(in, "does not read as " + _valueClass.getName());
      }
    }
  }

  private static final class Key extends KeyDeserializer {
    private final Class<?> type;
    private final Function<String, ?> parse;

    Key(Class<?> type, Function<String, ?> parse) {
      this.type = type;
      this.parse = parse;
    }

    @Override
    public Object deserializeKey(String key, DeserializationContext context) throws IOException {
      try {
        return parse.apply(key);
      } catch (RuntimeException e) {
        throw new Unrecordable(
            context.getParser(), "has a key that does not read as " + type.getName());
      }
    }
  }
}
