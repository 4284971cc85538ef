namespace LastRef;

/// <summary>The memory of a stopped machine as a survey needs it: a target, the kernel's variables by name, and what is mapped.</summary>
public interface IMachineMemory
{
    Target Target { get; }

    /// <summary>The address of a kernel variable; null when nothing tells it.</summary>
    VirtualAddress? Find(string variable);

    /// <summary>What is mapped between two addresses, ascending.</summary>
    /// <param name="cutOff">Called with a reason when the walk ended before the last address.</param>
    IEnumerable<MappedMemory> Mapped(VirtualAddress first, VirtualAddress last, Action<string> cutOff);
}
