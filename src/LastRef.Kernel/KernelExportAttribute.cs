using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Marks a method as a routine that drivers import; everything about the routine is said here and in its signature.</summary>
/// <param name="module">The image that exports it: <c>ntoskrnl.exe</c>, <c>hal.dll</c>, <c>wmilib.sys</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class KernelExportAttribute(string module) : Attribute
{
    public string Module { get; } = module;

    /// <summary>The exported name where it differs from the method's.</summary>
    public string? Name { get; set; }

    /// <summary>The facts of docs/behaviour.md that the routine follows.</summary>
    public string? Spec { get; set; }

    /// <summary>The public document that the routine follows where no fact of ours describes it.</summary>
    public string? Doc { get; set; }

    /// <summary>A case that the routine detects and stops at.</summary>
    public string? Missing { get; set; }

    /// <summary>Why the routine does nothing: its effect can be seen neither by a driver nor by LastRef.</summary>
    public string? NoEffect { get; set; }

    /// <summary>The highest IRQL at which Windows allows the call; a call above it is a bug check 0xA.</summary>
    public Irql MaxIrql { get; set; } = Irql.High;
}
