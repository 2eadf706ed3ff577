package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.error.RefusedException;
import dev.provisioner.internal.Shown;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says why a value cannot be recorded or read: the type, the field, the reason. Messages of others
 * may quote values, so that neither they nor the exceptions that hold them are passed on.
 */
final class Refusals {
  static final String ALLOWED =
      "Use records of strings, numbers, booleans, enums, Duration, Instant, LocalDate, URI, Path,"
          + " byte[], Secret, lists, sets, maps and further records";

  static final String TOO_DEEP =
      "is nested deeper than " + Tree.MAX_DEPTH + " levels, or contains itself";

  private final String type;
  private final String verb;

  private Refusals(Class<?> type, String verb) {
    this.type = type.getTypeName();
    this.verb = verb;
  }

  static Refusals writing(Class<?> type) {
    return new Refusals(type, " cannot be recorded as JSON");
  }

  static Refusals reading(Class<?> type) {
    return new Refusals(type, " cannot be read from the recorded JSON");
  }

  String type() {
    return type;
  }

  /** Returns the refusal of the field at this JSON pointer. */
  RefusedException because(Pointer pointer, String reason) {
    return refused(Tree.readable(pointer.toString()), reason);
  }

  RuntimeException because(Throwable failure) {
    if (failure instanceof ProvisioningException ours) {
      return ours;
    }
    if (failure instanceof JsonMappingException mapping) {
      List<JsonMappingException.Reference> path = mapping.getPath();
      if (path.size() >= Tree.MAX_DEPTH) {
        return refused(readable(path.subList(0, 3)), TOO_DEEP);
      }
      return refused(readable(path), reason(mapping));
    }
    return refused("", reason(failure));
  }

  private static String reason(Throwable failure) {
    if (failure instanceof Unrecordable unrecordable) {
      return unrecordable.reason();
    }
    if (failure instanceof StackOverflowError || failure instanceof StreamConstraintsException) {
      return TOO_DEEP;
    }
    if (failure instanceof ValueInstantiationException made && made.getType() != null) {
      return "is refused by " + name(made.getType().getRawClass()) + thrown(made.getCause());
    }
    if (failure instanceof InvalidDefinitionException invalid && invalid.getType() != null) {
      return "has the type "
          + name(invalid.getType().getRawClass())
          + ", which has no JSON form here. "
          + ALLOWED
          + "; in a named module, open their package to com.fasterxml.jackson.databind";
    }
    if (failure instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return "is missing or does not fit the type " + name(mismatch.getTargetType());
    }
    Throwable cause = failure instanceof JsonMappingException ? failure.getCause() : failure;
    return "could not be converted" + thrown(cause);
  }

  private static String thrown(@Nullable Throwable cause) {
    return cause == null ? "" : " (" + name(cause.getClass()) + ")";
  }

  private static String name(Class<?> type) {
    return type.getTypeName();
  }

  private static String readable(List<JsonMappingException.Reference> path) {
    StringBuilder out = new StringBuilder();
    for (JsonMappingException.Reference reference : path) {
      out.append(out.isEmpty() ? "" : ".");
      out.append(
          reference.getFieldName() == null ? reference.getIndex() : reference.getFieldName());
    }
    return out.toString();
  }

  private RefusedException refused(String path, String reason) {
    String subject = path.isEmpty() ? "it" : "field '" + Shown.line(path) + "'";
    return new RefusedException(type + verb + ": " + subject + " " + reason + ".", null);
  }
}
