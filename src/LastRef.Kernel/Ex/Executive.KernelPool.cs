namespace LastRef.Kernel;

/// <summary>Pool that a driver hands to the kernel to free.</summary>
internal sealed partial class Executive
{
    /// <summary>Frees a block that a driver allocated for the kernel, such as device relations or an id.</summary>
    public void FreePool(VirtualAddress address) => ExFreePool(address);
}
