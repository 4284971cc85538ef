namespace LastRef.Nt;

/// <summary>POOL_TYPE; further bits may be set by the caller.</summary>
/// <remarks>Fact: POOL_TYPE, WDK reference; public symbols.</remarks>
public enum PoolType : int
{
    NonPagedPool = 0,
    PagedPool = 1,
    NonPagedPoolMustSucceed = 2,
    NonPagedPoolCacheAligned = 4,
    PagedPoolCacheAligned = 5,
    NonPagedPoolCacheAlignedMustS = 6,
    NonPagedPoolSession = 32,
    PagedPoolSession = 33,
    NonPagedPoolNx = 512,
    NonPagedPoolNxCacheAligned = 516,
}
