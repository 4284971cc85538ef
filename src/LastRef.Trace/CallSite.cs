namespace LastRef;

/// <summary>A place in code from which a kernel routine was called.</summary>
/// <param name="Address">Address of the instruction after the call.</param>
/// <param name="Module">File name of the image that the address lies in; null when it lies in none.</param>
/// <param name="Rva">Offset of <paramref name="Address"/> in that image; zero without one.</param>
public readonly record struct CallSite(VirtualAddress Address, string? Module, Rva Rva)
{
    public override string ToString() => Module is null ? Address.ToString() : $"{Module}+0x{Rva}";
}
