namespace LastRef.Dumps;

/// <summary>A loaded or unloaded image in a small dump.</summary>
/// <param name="Name">File name or path, as the dump has it; empty when the dump does not hold it.</param>
/// <param name="Base">First address.</param>
/// <param name="Bytes">Size in memory.</param>
/// <param name="TimeDateStamp">From the loader's entry; 0 for unloaded images.</param>
/// <param name="NameLength">Characters of the whole name, of which an unloaded image has at most twelve here.</param>
public readonly record struct TriageModule(string Name, VirtualAddress Base, uint Bytes, uint TimeDateStamp, int NameLength)
{
    /// <summary>The name without its folder; a loader's entry may have the whole path.</summary>
    public string FileName => Name[(Name.LastIndexOf('\\') + 1)..];

    /// <summary>The dump holds only the beginning of the name.</summary>
    public bool IsNameCut => NameLength > Name.Length;

    /// <summary>Whether this is the image of a driver, named by its file with or without the ending; of a cut name, whether it can be.</summary>
    public bool Is(string driver)
    {
        if (IsNameCut)
        {
            return driver.StartsWith(Name, StringComparison.OrdinalIgnoreCase)
                && (driver.Length == NameLength || driver.Length + ".sys".Length == NameLength);
        }

        return FileName.Equals(driver, StringComparison.OrdinalIgnoreCase) || Path.GetFileNameWithoutExtension(FileName).Equals(driver, StringComparison.OrdinalIgnoreCase);
    }
}
