package dev.provisioner.internal.document;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.internal.json.JsonLimits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Writes documents as bytes and reads them. */
public final class DocumentFormat {
  /** The version of the form that this release writes. */
  public static final int SCHEMA = 1;

  private static final List<String> REQUIRED =
      List.of("installation", "plan", "tenant", "lifecycle", "writeId");

  /** Writes each value anew. */
  private static final JsonMapper PLAIN = plain();

  private static final ObjectMapper JSON = PLAIN.rebuild().addModule(writtenOnce()).build();

  private DocumentFormat() {}

  private static JsonMapper plain() {
    JsonMapper.Builder builder =
        JsonMapper.builder(JsonLimits.factory())
            .defaultPropertyInclusion(included(JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .addModule(times());
    // What is read as if it were there is not written.
    for (Class<?> type : List.of(int.class, long.class, boolean.class)) {
      builder.withConfigOverride(
          type, o -> o.setInclude(included(JsonInclude.Include.NON_DEFAULT)));
    }
    for (Class<?> type : List.of(List.class, Map.class)) {
      builder.withConfigOverride(type, o -> o.setInclude(included(JsonInclude.Include.NON_EMPTY)));
    }
    return builder.build();
  }

  private static JsonInclude.Value included(JsonInclude.Include values) {
    return JsonInclude.Value.construct(values, JsonInclude.Include.ALWAYS);
  }

  private static SimpleModule times() {
    SimpleModule module = new SimpleModule("times");
    text(module, Instant.class, Instant::parse);
    text(module, Duration.class, Duration::parse);
    return module;
  }

  private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
    module.addSerializer(type, ToStringSerializer.instance);
    module.addDeserializer(
        type,
        new FromStringDeserializer<T>(type) {
          @Override
          protected T _deserialize(String value, DeserializationContext context) {
            return parse.apply(value);
          }
        });
  }

  /** Most of a document is as it was in the write before. */
  private static SimpleModule writtenOnce() {
    SimpleModule module = new SimpleModule("written once");
    module.addSerializer(new WrittenOnce());
    module.addSerializer(Instant.class, new Recent<>(PLAIN::writeValueAsBytes));
    module.addSerializer(Policy.class, new Recent<>(PLAIN::writeValueAsBytes));
    return module;
  }

  /** Writes rows from the JSON that is remembered of their values. */
  private static final class WrittenOnce extends StdSerializer<Rows<?>> {
    WrittenOnce() {
      super(TypeFactory.defaultInstance().constructType(Rows.class));
    }

    @Override
    public void serialize(Rows<?> rows, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartObject(rows, rows.size());
      for (int place = 0; place < rows.size(); place++) {
        out.writeFieldName(rows.name(place));
        out.writeRawValue(Objects.requireNonNull(rows.written(place)));
      }
      out.writeEndObject();
    }
  }

  /** Returns the document as bytes. */
  public static byte[] write(Document document) {
    try {
      // First, since one writer within another must have buffers of its own.
      writeOnce(Rows.of(document.steps()));
      if (document.run() != null) {
        writeOnce(Rows.of(document.run().tasks()));
      }
      return JSON.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A state document can always be written.", e);
    }
  }

  private static void writeOnce(Rows<?> rows) throws JsonProcessingException {
    for (int place = 0; place < rows.size(); place++) {
      if (rows.written(place) == null) {
        rows.remember(place, new Json(JSON.writeValueAsBytes(rows.valueAt(place))));
      }
    }
  }

  /**
   * Reads a document. Older forms are brought to this release's form here; there are none yet.
   *
   * @param where names the document, for errors
   * @throws StateStoreException if the bytes are no document, or one of an unknown form
   */
  public static Document read(byte[] bytes, String where) {
    JsonNode tree;
    try {
      tree = parse(bytes);
    } catch (IOException | RuntimeException e) { // the library throws both at bad numbers
      throw unreadable(where, e);
    }
    JsonNode schema = tree.path("schema");
    if (!schema.isInt() || schema.intValue() != SCHEMA) {
      throw new StateStoreException(
          "The state of "
              + where
              + " has schema version "
              + shown(schema)
              + "; this release reads version "
              + SCHEMA
              + ". It was left as it is. Use the release that wrote it, or a newer one.");
    }
    for (String required : REQUIRED) {
      if (!tree.path(required).isTextual()) {
        throw unreadable(where, "it has no " + required);
      }
    }
    try {
      return JSON.treeToValue(tree, Document.class);
    } catch (JsonProcessingException | RuntimeException e) {
      throw unreadable(where, e);
    }
  }

  private static String shown(JsonNode schema) {
    return schema.isIntegralNumber() ? schema.asText() : "0";
  }

  /** Reads JSON so that no digit of a number is lost. */
  static JsonNode parse(byte[] bytes) throws IOException {
    return JSON.readTree(bytes);
  }

  private static StateStoreException unreadable(String where, Exception e) {
    return unreadable(where, e.getClass().getSimpleName());
  }

  private static StateStoreException unreadable(String where, String why) {
    return new StateStoreException(
        "The state of "
            + where
            + " is damaged: it is no JSON document of this library ("
            + why
            + "). It was left as it is. Restore it from a backup of the store.");
  }
}
