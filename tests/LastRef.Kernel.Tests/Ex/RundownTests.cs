using LastRef.Kernel;

namespace LastRef.Tests;

/// <summary>Rundown protection: users are counted, and who tears down waits for the last.</summary>
public sealed class RundownTests
{
    [Theory]
    [InlineData("")]
    [InlineData("CacheAware")]
    public void Who_waits_for_rundown_waits_for_the_last_user_and_nobody_comes_after(string suffix)
    {
        using var test = KernelTest.Boot();
        var cacheAware = suffix.Length > 0;
        var reference = cacheAware
            ? test.CallNow("ExAllocateCacheAwareRundownProtection", 0, 0x6E75524C)
            : test.Allocate(8).Value;
        if (!cacheAware)
            test.CallNow("ExInitializeRundownProtection", reference);
        var (acquire, release, wait) = cacheAware
            ? ("ExAcquireRundownProtectionCacheAware", "ExReleaseRundownProtectionCacheAware", "ExWaitForRundownProtectionReleaseCacheAware")
            : ("ExAcquireRundownProtection", "ExReleaseRundownProtection", "ExWaitForRundownProtectionRelease");
        Assert.True(test.Boolean(acquire, reference));
        Assert.True(test.Boolean(acquire, reference));
        var done = false;
        test.Kernel.Ps.CreateSystemThread("teardown", 10, async _ =>
        {
            await test.Call(wait, reference);
            done = true;
        });
        test.RunUntilIdle();
        Assert.False(test.Boolean(acquire, reference)); // rundown has begun
        test.CallNow(release, reference);
        test.RunUntilIdle();
        Assert.False(done);
        test.CallNow(release, reference);
        test.RunUntilIdle();
        Assert.True(done);
        Assert.False(test.Boolean(acquire, reference));
        test.CallNow(wait, reference); // rundown is complete: it returns at once
        if (!cacheAware)
            return;
        test.CallNow("ExFreeCacheAwareRundownProtection", reference);
        Assert.True(test.Kernel.Ex.NonPagedPool.WasFreed(new VirtualAddress(reference)));
    }

    [Fact]
    public void Several_uses_are_taken_and_given_back_at_once()
    {
        using var test = KernelTest.Boot();
        var reference = test.Allocate(8).Value;
        test.CallNow("ExInitializeRundownProtection", reference);
        Assert.True(test.Boolean("ExAcquireRundownProtectionEx", reference, 3));
        test.CallNow("ExReleaseRundownProtection", reference);
        test.CallNow("ExReleaseRundownProtectionEx", reference, 2);
        Assert.Equal(0UL, test.Value(new VirtualAddress(reference)));
        test.CallNow("ExWaitForRundownProtectionRelease", reference);
        Assert.False(test.Boolean("ExAcquireRundownProtectionEx", reference, 1));
        test.CallNow("ExReInitializeRundownProtection", reference);
        Assert.True(test.Boolean("ExAcquireRundownProtectionEx", reference, 1));
        test.CallNow("ExReleaseRundownProtection", reference);
        test.CallNow("ExRundownCompleted", reference); // as after a wait
        Assert.False(test.Boolean("ExAcquireRundownProtection", reference));
    }

    [Fact]
    [Trait("Spec", "U-6.67")]
    public void A_release_too_many_leaves_a_count_below_zero_that_is_waited_for_for_ever()
    {
        using var test = KernelTest.Boot();
        var reference = test.Allocate(8).Value;
        test.CallNow("ExInitializeRundownProtection", reference);
        test.CallNow("ExReleaseRundownProtectionEx", reference, 1);
        Assert.Equal(unchecked((ulong)-2L), test.Value(new VirtualAddress(reference)));
        test.RunToHang(async _ => await test.Call("ExWaitForRundownProtectionRelease", reference));
        Assert.Equal(reference, Assert.Single(test.Kernel.Ke.Waits, w => w.Subject == WaitSubject.Rundown).SubjectAddress.Value);
    }

    [Fact]
    public void A_release_after_rundown_is_complete_stops_the_machine()
    {
        using var test = KernelTest.Boot();
        var reference = test.Allocate(8).Value;
        test.CallNow("ExRundownCompleted", reference);
        Assert.Equal(0x139u, test.RunToBugCheck(async _ => await test.Call("ExReleaseRundownProtectionEx", reference, 1)).Code);
    }
}
