package dev.provisioner;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Everything public has at least a sentence. Its form is checked by javadoc's doclint. */
class DocumentationTest {
  private static final Path SOURCES = Path.of("src", "main", "java");

  private final List<String> undocumented = new ArrayList<>();
  private int documented;

  @Test
  void everythingPublicHasASentence() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources = sources();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        TreePath root = new TreePath(unit);
        for (Tree type : unit.getTypeDecls()) {
          if (type instanceof ClassTree declared) {
            visit(new TreePath(root, declared), declared, false, docs);
          }
        }
      }
    }
    assertThat(undocumented).isEmpty();
    assertThat(documented).isGreaterThan(100);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("module-info.java"))
          .toList();
    }
  }

  private void visit(TreePath path, ClassTree type, boolean inInterface, DocTrees docs) {
    if (!isPublic(type.getModifiers(), inInterface)) {
      return;
    }
    require(path, type.getSimpleName().toString(), docs);
    boolean asInterface = type.getKind() == Tree.Kind.INTERFACE;
    for (Tree member : type.getMembers()) {
      TreePath at = new TreePath(path, member);
      if (member instanceof ClassTree nested) {
        visit(at, nested, asInterface, docs);
      } else if (member instanceof MethodTree method
          && isPublic(method.getModifiers(), asInterface)
          && !isOverride(method)) {
        require(at, type.getSimpleName() + "." + method.getName(), docs);
      } else if (member instanceof VariableTree field
          && isPublic(field.getModifiers(), asInterface)
          && type.getKind() != Tree.Kind.RECORD) {
        require(at, type.getSimpleName() + "." + field.getName(), docs);
      }
    }
  }

  private static boolean isPublic(ModifiersTree modifiers, boolean inInterface) {
    return modifiers.getFlags().contains(Modifier.PUBLIC)
        || (inInterface && !modifiers.getFlags().contains(Modifier.PRIVATE));
  }

  private static boolean isOverride(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
  }

  private void require(TreePath path, String name, DocTrees docs) {
    String comment = docs.getDocComment(path);
    if (comment == null || comment.isBlank()) {
      undocumented.add(name);
    } else {
      documented++;
    }
  }
}
