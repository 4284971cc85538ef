namespace LastRef.Kernel;

/// <summary>The executive's support routines: pool, lookaside lists, resources, callbacks, worker threads.</summary>
internal sealed partial class Executive(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    /// <summary>Pool that is always resident.</summary>
    public PoolAllocator NonPagedPool { get; } = new(kernel, AddressMap.NonPagedPool, paged: false);

    /// <summary>Pool that may only be touched below DISPATCH_LEVEL.</summary>
    public PoolAllocator PagedPool { get; } = new(kernel, AddressMap.PagedPool, paged: true);

    private MutableTarget Memory => _kernel.Memory;

    public void Boot()
    {
        BootCallbacks();
        BootWorkers();
    }
}
