package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import dev.provisioner.secret.Secret;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Passes secrets through the JSON library as themselves; they are never text inside it. */
final class Secrets {
  private Secrets() {}

  static void register(SimpleModule types) {
    types.addSerializer(new Writer());
    types.addDeserializer(Secret.class, new Reader());
    types.addDeserializer(String.class, new Text());
  }

  private static final class Writer extends StdScalarSerializer<Secret> {
    private static final long serialVersionUID = 1L;

    Writer() {
      super(Secret.class);
    }

    @Override
    public void serialize(Secret secret, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeEmbeddedObject(secret);
    }
  }

  private static final class Reader extends StdScalarDeserializer<Secret> {
    private static final long serialVersionUID = 1L;

    Reader() {
      super(Secret.class);
    }

    @Override
    public Secret deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (in.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT
          && in.getEmbeddedObject() instanceof Secret secret) {
        return secret;
      }
      // A field that was a String in an earlier release of the host, and was recorded as such.
      if (in.currentToken() == JsonToken.VALUE_STRING) {
        return Secret.of(in.getText());
      }
      return (Secret) context.handleUnexpectedToken(Secret.class, in);
    }
  }

  /** Without this a sealed value would become a String field's text as {@code [secret]}. */
  private static final class Text extends StdScalarDeserializer<String> {
    private static final long serialVersionUID = 1L;

    Text() {
      super(String.class);
    }

    @Override
    public @Nullable String deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      if (in.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT) {
        throw new Unrecordable(
            in,
            "is recorded as a secret and cannot be read as java.lang.String; declare it Secret");
      }
      return StringDeserializer.instance.deserialize(in, context);
    }
  }
}
