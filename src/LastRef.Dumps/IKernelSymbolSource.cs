namespace LastRef.Dumps;

/// <summary>Finds the symbols of the kernel in a dump: symbol stores, folders, a server.</summary>
public interface IKernelSymbolSource
{
    /// <summary>The symbols that belong to a kernel; null when there are none.</summary>
    /// <param name="notes">Receives what was sought and not found, or found and not usable; each in one line.</param>
    /// <exception cref="InputException">A file that a person named is unreadable.</exception>
    KernelSymbols? Find(KernelIdentity kernel, ICollection<string> notes);

    /// <summary>The structures in the symbols of another image; empty when there are none.</summary>
    /// <param name="notes">Receives what was found and not usable; each in one line.</param>
    IReadOnlyList<StructureLayout> FindTypes(ImageIdentity image, ICollection<string> notes);
}
