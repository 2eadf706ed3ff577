package dev.provisioner.internal.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Configures the JSON library: what is read tolerantly (members a newer release added), and what is
 * refused rather than guessed. Polymorphic types exist only where the host's annotations list them.
 */
final class Mapper {
  private Mapper() {}

  static ObjectMapper create() {
    SimpleModule types = new SimpleModule("provisioner");
    Secrets.register(types);
    Texts.register(types);
    Refused.register(types);
    JsonMapper mapper =
        JsonMapper.builder(JsonLimits.factory())
            .nodeFactory(Tree.NODES)
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .accessorNaming(new RecordComponents())
            .enable(MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .disable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .build();
    types.addSerializer(new Sets(mapper));
    mapper.registerModule(types);
    return mapper;
  }

  /**
   * Returns what the library makes of a value, not yet in {@link Normal} form.
   *
   * @param depth how deep in another value it stands
   */
  static JsonNode tree(ObjectMapper mapper, @Nullable Object value, int depth) throws IOException {
    try (TokenBuffer buffer = new TokenBuffer(mapper, false)) {
      mapper.writeValue(new Shallow(buffer, depth), value);
      try (JsonParser parser = buffer.asParserOnFirstToken()) {
        // A float becomes a decimal by its shortest text, in Normal; here it would get its binary
        // expansion.
        return mapper
            .reader()
            .without(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readTree(parser);
      }
    }
  }
}
