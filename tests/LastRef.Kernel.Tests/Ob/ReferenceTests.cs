using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>References by pointer and by handle, with and without a tag.</summary>
public sealed class ReferenceTests
{
    private const uint EventAllAccess = 0x1F_0003;
    private const uint EventModifyState = 2;
    private const uint Tag = 0x5453_4554;
    private const sbyte UserMode = 1;

    [Theory]
    [InlineData("ObfReferenceObject", "ObfDereferenceObject")]
    [InlineData("ObfReferenceObject", "ObDereferenceObject")]
    [InlineData("ObfReferenceObjectWithTag", "ObfDereferenceObjectWithTag")]
    [Trait("Spec", "U-1.33")]
    [Trait("Spec", "U-1.37")]
    public void A_reference_by_pointer_returns_the_new_count_and_is_recorded_with_its_cause(string reference, string dereference)
    {
        using var test = KernelTest.Boot();
        var body = NewEvent(test);
        var before = test.PointerCount(body);
        Assert.Equal(before + 1, (long)test.CallNow(reference, body.Value, Tag));
        Assert.Equal(before + 2, (long)test.CallNow(reference, body.Value, Tag));
        Assert.Equal(before + 2, test.PointerCount(body));
        Assert.Equal(before + 1, (long)test.CallNow(dereference, body.Value, Tag));
        Assert.Equal(before, (long)test.CallNow(dereference, body.Value, Tag));
        Assert.Equal(before, test.PointerCount(body));
        var changes = test.Kernel.Trace.Of<ReferenceRecord>().Where(r => r.Object == body && r.Cause == ReferenceCause.ExplicitReference);
        Assert.Equal([before + 1, before + 2, before + 1, before], changes.Select(r => r.New));
    }

    [Theory]
    [InlineData("ObReferenceObjectByPointer")]
    [InlineData("ObReferenceObjectByPointerWithTag")]
    public void A_pointer_of_another_type_is_refused_to_user_mode_and_for_symbolic_links(string routine)
    {
        using var test = KernelTest.Boot();
        var body = NewEvent(test);
        var before = test.PointerCount(body);
        var events = Type(test, ObjectKind.Event);
        Assert.Equal(NtStatus.Success, test.Status(routine, body.Value, 0, events, 0, Tag));
        Assert.Equal(before + 1, test.PointerCount(body));
        Assert.Equal(NtStatus.Success, test.Status(routine, body.Value, 0, Type(test, ObjectKind.File), 0, Tag));
        Assert.Equal(before + 2, test.PointerCount(body));
        Assert.Equal(NtStatus.ObjectTypeMismatch, test.Status(routine, body.Value, 0, Type(test, ObjectKind.File), (ulong)UserMode, Tag));
        Assert.Equal(NtStatus.ObjectTypeMismatch, test.Status(routine, body.Value, 0, Type(test, ObjectKind.SymbolicLink), 0, Tag));
        Assert.Equal(before + 2, test.PointerCount(body));
    }

    [Theory]
    [InlineData("ObReferenceObjectByHandle")]
    [InlineData("ObReferenceObjectByHandleWithTag")]
    [Trait("Spec", "U-6.16")]
    public void A_reference_by_handle_checks_type_and_for_user_mode_access(string routine)
    {
        using var test = KernelTest.Boot();
        var body = NewEvent(test);
        var (found, information) = (test.Allocate(8), test.Allocate(8));
        var weak = test.Kernel.Ob.CreateHandle(test.Kernel.Ps.SystemProcess, body, EventModifyState, kernelHandle: false).Value & 0x7FFF_FFFF;
        var kernelHandle = test.Kernel.Ob.CreateHandle(test.Kernel.Ps.SystemProcess, body, EventAllAccess, kernelHandle: true).Value;

        Assert.Equal(NtStatus.Success, Reference(weak, EventAllAccess, Type(test, ObjectKind.Event), 0));
        Assert.Equal(body.Value, test.Value(found));
        Assert.Equal(EventModifyState, test.Memory.ReadUInt32(information + 4)); // OBJECT_HANDLE_INFORMATION.GrantedAccess
        Assert.Equal(NtStatus.AccessDenied, Reference(weak, EventAllAccess, Type(test, ObjectKind.Event), UserMode));
        Assert.Equal(0UL, test.Value(found));
        Assert.Equal(NtStatus.Success, Reference(weak, EventModifyState, 0, UserMode));
        Assert.Equal(NtStatus.ObjectTypeMismatch, Reference(weak, EventModifyState, Type(test, ObjectKind.File), 0));
        Assert.Equal(NtStatus.Success, Reference(kernelHandle, EventAllAccess, 0, 0));
        Assert.Equal(NtStatus.InvalidHandle, Reference(kernelHandle, EventAllAccess, 0, UserMode));
        Assert.Equal(NtStatus.InvalidHandle, Reference(0x7770, 0, 0, 0));

        NtStatus Reference(ulong handle, uint access, ulong type, sbyte mode) => routine.EndsWith("Tag", StringComparison.Ordinal)
            ? test.Status(routine, handle, access, type, (ulong)mode, Tag, found.Value, information.Value)
            : test.Status(routine, handle, access, type, (ulong)mode, found.Value, information.Value);
    }

    [Theory]
    [InlineData("ObDereferenceObjectDeferDelete")]
    [InlineData("ObDereferenceObjectDeferDeleteWithTag")]
    [Trait("Spec", "U-1.36")]
    public void A_deferred_deletion_happens_later_on_a_worker_thread(string routine)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "holder");
        var body = driver.Object.Address;
        test.CallNow("ObfReferenceObject", body.Value);
        Assert.Equal(NtStatus.Success, driver.Stop());
        Assert.True(driver.IsImageLoaded);
        var loadedAfterCall = test.Run(async _ =>
        {
            var old = await test.Call("KfRaiseIrql", 2);
            await test.Call(routine, body.Value, Tag);
            var isLoaded = driver.IsImageLoaded;
            await test.Call("KeLowerIrql", old);
            return isLoaded;
        });
        Assert.True(loadedAfterCall);
        test.RunUntilIdle();
        Assert.False(driver.IsImageLoaded);
    }

    [Theory]
    [InlineData("ObOpenObjectByPointer")]
    [InlineData("ObOpenObjectByPointerWithTag")]
    [Trait("Spec", "U-1.27")]
    public void A_handle_by_pointer_counts_until_it_is_closed(string routine)
    {
        using var test = KernelTest.Boot();
        var body = NewEvent(test);
        var before = test.PointerCount(body);
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.ObjectTypeMismatch, Open(ObjectAttributeFlags.KernelHandle, Type(test, ObjectKind.File)));
        Assert.Equal(0UL, test.Value(handle));
        Assert.Equal(NtStatus.Success, Open(ObjectAttributeFlags.KernelHandle, Type(test, ObjectKind.Event)));
        Assert.Equal(1, test.Kernel.Ob.HeaderOf(body).HandleCount);
        Assert.True((long)test.Value(handle) < 0, "a kernel handle has its top bits set");
        Assert.Equal(NtStatus.InvalidHandle, test.Status("ObCloseHandle", test.Value(handle), (ulong)UserMode));
        Assert.Equal(NtStatus.Success, test.Status("ObCloseHandle", test.Value(handle), 0));
        Assert.Equal((0, before), (test.Kernel.Ob.HeaderOf(body).HandleCount, test.PointerCount(body)));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("NtClose", test.Value(handle)));

        NtStatus Open(ObjectAttributeFlags flags, ulong type) => routine.EndsWith("Tag", StringComparison.Ordinal)
            ? test.Status(routine, body.Value, (ulong)flags, 0, EventAllAccess, type, 0, Tag, handle.Value)
            : test.Status(routine, body.Value, (ulong)flags, 0, EventAllAccess, type, 0, handle.Value);
    }

    [Fact]
    public void The_type_of_an_object_is_the_variable_that_names_it()
    {
        using var test = KernelTest.Boot();
        var type = test.CallNow("ObGetObjectType", NewEvent(test).Value);
        Assert.Equal(test.Memory.ReadUInt64(test.Export("ExEventObjectType")), type);
        Assert.NotEqual(test.Memory.ReadUInt64(test.Export("IoFileObjectType")), type);
        Assert.Equal(
            test.Memory.ReadUInt64(test.Export("PsProcessType")), test.CallNow("ObGetObjectType", test.Kernel.Ps.SystemProcess.Value));
    }

    private static VirtualAddress NewEvent(KernelTest test) => test.Kernel.Ob.Create(ObjectKind.Event, 0x18, PoolTags.Object);

    private static ulong Type(KernelTest test, ObjectKind kind) => test.Kernel.Ob.TypeAddress(kind).Value;
}
