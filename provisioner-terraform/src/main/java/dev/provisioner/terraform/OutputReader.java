package dev.provisioner.terraform;

import com.fasterxml.jackson.databind.JavaType;
import dev.provisioner.error.PermanentException;
import dev.provisioner.secret.Secret;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads outputs as a record of the host's. */
final class OutputReader<T> {
  private final Class<T> type;
  private final List<RecordComponent> components;

  private OutputReader(Class<T> type, RecordComponent[] components) {
    this.type = type;
    this.components = List.of(components);
  }

  static <T> OutputReader<T> of(Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new IllegalArgumentException(
          "Outputs are read as a record; " + type.getName() + " is none.");
    }
    return new OutputReader<>(type, components);
  }

  T read(Map<String, Object> outputs) {
    @Nullable Object[] values = new @Nullable Object[components.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = component(components.get(i), outputs);
    }
    return create(values);
  }

  private @Nullable Object component(RecordComponent component, Map<String, Object> outputs) {
    String name = SnakeCase.of(component.getName());
    Object output = outputs.get(name);
    if (output == null) {
      output = outputs.get(component.getName());
    }
    boolean optional = component.getType() == Optional.class;
    if (output == null) {
      if (optional) {
        return Optional.empty();
      }
      if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        return null;
      }
      throw failed(component, name, "is missing", outputs, null);
    }
    Type wanted = component.getGenericType();
    if (optional && wanted instanceof ParameterizedType parameterized) {
      Type inner = Objects.requireNonNull(parameterized.getActualTypeArguments()[0]);
      return Optional.of(convert(component, name, output, inner, outputs));
    }
    return convert(component, name, output, wanted, outputs);
  }

  private Object convert(
      RecordComponent component,
      String name,
      Object output,
      Type wanted,
      Map<String, Object> outputs) {
    if (output instanceof Secret) {
      if (wanted == Secret.class) {
        return output;
      }
      throw failed(component, name, "is sensitive: declare it as a Secret", outputs, null);
    }
    if (wanted == Secret.class) {
      String why = "is not sensitive, but is read as a Secret: declare it sensitive in the module";
      throw failed(component, name, why, outputs, null);
    }
    JavaType target = Json.RECORDS.constructType(wanted);
    try {
      return Objects.requireNonNull(Json.RECORDS.convertValue(output, target));
    } catch (IllegalArgumentException e) {
      String why = "is " + kind(output) + ", not a " + wanted.getTypeName();
      throw failed(component, name, why, outputs, e);
    }
  }

  private T create(@Nullable Object[] values) {
    Class<?>[] types =
        components.stream().map(RecordComponent::getType).toArray(n -> new Class<?>[n]);
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new PermanentException(
          type.getSimpleName() + " refuses the stack's outputs: " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      throw new PermanentException(
          "Cannot create a " + type.getName() + "; open its package to dev.provisioner.terraform.",
          e);
    }
  }

  private PermanentException failed(
      RecordComponent component,
      String name,
      String why,
      Map<String, Object> outputs,
      @Nullable Throwable cause) {
    return new PermanentException(
        "Stack output '"
            + name
            + "', read as "
            + type.getSimpleName()
            + "."
            + component.getName()
            + ", "
            + why
            + ". The stack has "
            + (outputs.isEmpty()
                ? "no outputs."
                : "the outputs " + String.join(", ", new TreeSet<>(outputs.keySet())) + "."),
        cause == null ? null : withoutValues(cause));
  }

  /** Jackson's messages quote the value; the stack trace is enough to find the place. */
  private static Throwable withoutValues(Throwable cause) {
    Throwable plain = new IllegalArgumentException(cause.getClass().getSimpleName());
    plain.setStackTrace(Arrays.copyOf(cause.getStackTrace(), cause.getStackTrace().length));
    return plain;
  }

  private static String kind(Object output) {
    if (output instanceof String) {
      return "a string";
    } else if (output instanceof Number) {
      return "a number";
    } else if (output instanceof Boolean) {
      return "a boolean";
    }
    return output instanceof List ? "a list" : "an object";
  }
}
