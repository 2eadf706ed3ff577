package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.provisioner.secret.Secret;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;

/**
 * Brings what the JSON library made of a value into the clear form: the nodes a parser would make
 * of the same JSON, keys escaped, and nothing that the text would lose.
 */
final class Normal {
  /** What is recorded must be readable again; the parser refuses longer numbers. */
  static final int MAX_NUMBER_LENGTH = 1000;

  private final Refusals refusals;

  private Normal(Refusals refusals) {
    this.refusals = refusals;
  }

  static JsonNode form(JsonNode raw, Refusals refusals) {
    return new Normal(refusals).form(raw, Pointer.ROOT, 0);
  }

  private JsonNode form(JsonNode node, Pointer at, int depth) {
    if (depth > Tree.MAX_DEPTH) {
      throw refusals.because(Pointer.ROOT, Refusals.TOO_DEEP);
    }
    return switch (node.getNodeType()) {
      case OBJECT -> object(node, at, depth);
      case ARRAY -> array(node, at, depth);
      case STRING -> TextNode.valueOf(unicode(node.textValue(), at));
      case BINARY -> TextNode.valueOf(node.asText());
      case NUMBER -> number(node, at);
      case POJO -> pojo(node, at);
      case BOOLEAN -> node;
      case NULL, MISSING -> NullNode.getInstance();
    };
  }

  private JsonNode object(JsonNode node, Pointer at, int depth) {
    ObjectNode copy = Tree.NODES.objectNode();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String key = Tree.escaped(unicode(member.getKey(), at));
      copy.set(key, form(member.getValue(), at.child(key), depth + 1));
    }
    return copy;
  }

  private JsonNode array(JsonNode node, Pointer at, int depth) {
    ArrayNode copy = Tree.NODES.arrayNode();
    for (int i = 0; i < node.size(); i++) {
      copy.add(form(node.get(i), at.child(i), depth + 1));
    }
    return copy;
  }

  private JsonNode number(JsonNode node, Pointer at) {
    if (node.isIntegralNumber()) {
      return integer(digits(node.bigIntegerValue(), at));
    }
    if (node.isBigDecimal()) {
      digits(node.decimalValue().unscaledValue(), at);
      return decimal(node.decimalValue());
    }
    double value = node.doubleValue();
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw refusals.because(at, "is not a finite number, which JSON cannot hold");
    }
    // The library's own writer: Double.toString gives other digits before JDK 19 than after.
    String shortest =
        node.isFloat()
            ? NumberOutput.toString(node.floatValue(), true)
            : NumberOutput.toString(value, true);
    return decimal(new BigDecimal(shortest));
  }

  /** A parser takes what has neither a point nor an exponent for an integer. */
  private static JsonNode decimal(BigDecimal value) {
    return value.scale() == 0 ? integer(value.unscaledValue()) : Tree.NODES.numberNode(value);
  }

  private BigInteger digits(BigInteger value, Pointer at) {
    // Three bits are less than a digit; the rest leaves room for sign, point and exponent.
    if (value.bitLength() > 3 * (MAX_NUMBER_LENGTH - 50)) {
      throw refusals.because(at, "is a number of more than 850 digits");
    }
    return value;
  }

  private static JsonNode integer(BigInteger value) {
    if (value.bitLength() < Integer.SIZE) {
      return Tree.NODES.numberNode(value.intValue());
    }
    return value.bitLength() < Long.SIZE
        ? Tree.NODES.numberNode(value.longValue())
        : Tree.NODES.numberNode(value);
  }

  private JsonNode pojo(JsonNode node, Pointer at) {
    Secret secret = Tree.secret(node);
    if (secret == null) {
      throw refusals.because(at, "holds JSON that was written unchecked (a raw value)");
    }
    unicode(secret.reveal(), at);
    return node;
  }

  private String unicode(String text, Pointer at) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (Character.charCount(text.codePointAt(i)) == 1) {
          throw refusals.because(
              at, "holds text with an unpaired surrogate, which UTF-8 would lose");
        }
        i++;
      }
    }
    return text;
  }
}
