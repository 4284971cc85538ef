using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Interlocked numbers and lists, times, features, callback objects, trace providers, events by handle.</summary>
public sealed class ExecutiveServiceTests
{
    [Fact]
    public void Interlocked_additions_return_the_value_before()
    {
        using var test = KernelTest.Boot();
        var (value, spinLock) = (test.Allocate(8), test.Allocate(8));
        test.Memory.WriteUInt64(value, 0xFFFF_FFFF);
        Assert.Equal(0xFFFF_FFFFUL, test.CallNow("ExInterlockedAddLargeInteger", value.Value, 2, spinLock.Value));
        Assert.Equal(0x1_0000_0001UL, test.Value(value));
        Assert.Equal(1u, (uint)test.CallNow("ExInterlockedAddUlong", value.Value, uint.MaxValue, spinLock.Value));
        Assert.Equal(0x1_0000_0000UL, test.Value(value)); // wraps in its 32 bits
        test.Memory.WriteUInt64(spinLock, 1);
        Assert.IsType<MachineStop.Deadlock>(test.RunToStop(async _ => await test.Call("ExInterlockedAddUlong", value.Value, 1, spinLock.Value)));
    }

    [Fact]
    public void A_singly_linked_list_gives_back_the_last_entry_first()
    {
        using var test = KernelTest.Boot();
        var (head, spinLock, first, second) = (test.Allocate(8).Value, test.Allocate(8).Value, test.Allocate(8).Value, test.Allocate(8).Value);
        Assert.Equal(0UL, test.CallNow("ExInterlockedPopEntryList", head, spinLock));
        Assert.Equal(0UL, test.CallNow("ExInterlockedPushEntryList", head, first, spinLock));
        Assert.Equal(first, test.CallNow("ExInterlockedPushEntryList", head, second, spinLock));
        Assert.Equal(second, test.CallNow("ExInterlockedPopEntryList", head, spinLock));
        Assert.Equal(first, test.CallNow("ExInterlockedPopEntryList", head, spinLock));
        var list = test.Allocate(16);
        test.Memory.WriteUInt64(list, 5);
        test.CallNow("ExInitializeSListHead", list.Value);
        Assert.Equal((0UL, 0u), (test.Value(list), (uint)test.CallNow("ExQueryDepthSList", list.Value)));
    }

    [Fact]
    public void Local_time_is_utc_and_the_clock_ticks_at_15_6_milliseconds()
    {
        using var test = KernelTest.Boot();
        var (source, target) = (test.Time(123_456_789), test.Allocate(12));
        test.CallNow("ExSystemTimeToLocalTime", source, target.Value);
        Assert.Equal(123_456_789UL, test.Value(target));
        test.Memory.WriteUInt64(target, 0);
        test.CallNow("ExLocalTimeToSystemTime", source, target.Value);
        Assert.Equal(123_456_789UL, test.Value(target));
        test.CallNow("ExQueryTimerResolution", target.Value, target.Value + 4, target.Value + 8);
        var current = test.Memory.ReadUInt32(target + 8);
        Assert.Equal((156_250u, current), (test.Memory.ReadUInt32(target), (uint)test.CallNow("KeQueryTimeIncrement")));
        Assert.InRange(test.Memory.ReadUInt32(target + 4), 1u, current);
        Assert.Equal(current, (uint)test.CallNow("ExSetTimerResolution", 10_000, 1));
    }

    [Theory]
    [InlineData(6, true)]   // PF_XMMI_INSTRUCTIONS_AVAILABLE
    [InlineData(10, true)]  // PF_XMMI64_INSTRUCTIONS_AVAILABLE
    [InlineData(12, true)]  // PF_NX_ENABLED
    [InlineData(14, true)]  // PF_COMPARE_EXCHANGE128
    [InlineData(7, false)]  // PF_3DNOW_INSTRUCTIONS_AVAILABLE
    [InlineData(39, false)] // PF_AVX_INSTRUCTIONS_AVAILABLE: the lab's processor has none
    public void Processor_features_are_those_of_the_lab(uint feature, bool present)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(present, test.Boolean("ExIsProcessorFeaturePresent", feature));
    }

    [Fact]
    public void A_uuid_is_random_of_version_4_and_no_suite_is_installed()
    {
        using var test = KernelTest.Boot();
        var (first, second) = (New(), New());
        Assert.NotEqual(first, second);
        Assert.Equal((4, 0b10), (first.Version, first.Variant >> 2));
        Assert.False(test.Boolean("ExVerifySuite", 7));

        Guid New()
        {
            var address = test.Allocate(16);
            Assert.Equal(NtStatus.Success, test.Status("ExUuidCreate", address.Value));
            var bytes = new byte[16];
            test.Memory.Read(address, bytes);
            return new Guid(bytes);
        }
    }

    [Fact]
    [Trait("Spec", "R-43")]
    public void A_named_callback_object_is_shared_and_tells_who_registered()
    {
        using var test = KernelTest.Boot();
        var (own, same) = (test.Allocate(8), test.Allocate(8));
        var attributes = test.Attributes(@"\Callback\LabCallback");
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status("ExCreateCallback", own.Value, attributes, 0, 0));
        Assert.Equal(NtStatus.Success, test.Status("ExCreateCallback", own.Value, attributes, 1, 0));
        Assert.Equal(NtStatus.Success, test.Status("ExCreateCallback", same.Value, attributes, 1, 1));
        Assert.Equal(test.Value(own), test.Value(same));
        var heard = new List<ulong[]>();
        var routine = test.Routine(arguments =>
        {
            heard.Add(arguments[..3]);
            return GuestTask.FromResult(0UL);
        });
        var registration = test.CallNow("ExRegisterCallback", test.Value(own), routine.Value, 0x11);
        Assert.NotEqual(0UL, registration);
        Assert.Equal(0UL, test.CallNow("ExRegisterCallback", test.Value(own), routine.Value, 0x12)); // it takes only one
        test.CallNow("ExNotifyCallback", test.Value(own), 0x22, 0x33);
        Assert.Equal([[0x11UL, 0x22UL, 0x33UL]], heard);
        test.CallNow("ExUnregisterCallback", registration);
        test.CallNow("ExNotifyCallback", test.Value(own), 0x22, 0x33);
        Assert.Single(heard);
        Assert.Equal(NtStatus.ObjectTypeMismatch, test.Status("ExCreateCallback", own.Value, test.Attributes(@"\Callback"), 1, 0));
    }

    [Fact]
    [Trait("Spec", "R-43")]
    public void A_trace_provider_is_registered_until_its_handle_is_given_back()
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("EtwRegisterClassicProvider", test.Allocate(16).Value, 0, 0, 0, handle.Value));
        var provider = test.Value(handle);
        Assert.False(test.Boolean("EtwEventEnabled", provider, test.Allocate(16).Value)); // no session listens
        Assert.False(test.Boolean("EtwProviderEnabled", provider, 5, 1));
        foreach (var (routine, arguments) in Writes(test))
        {
            Assert.Equal(NtStatus.Success, test.Status(routine, [provider, .. arguments]));
            Assert.Equal(NtStatus.InvalidHandle, test.Status(routine, [provider + 99, .. arguments]));
        }

        Assert.Equal(NtStatus.Success, test.Status("EtwUnregister", provider));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("EtwUnregister", provider));
        Assert.Equal([true, false], test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.Etw).Select(r => r.Begin));
    }

    [Fact]
    public void An_event_by_handle_is_reset_with_and_without_its_state_before()
    {
        const uint notification = 0;
        using var test = KernelTest.Boot();
        var (handle, before) = (test.Allocate(8), test.Allocate(4));
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateEvent", handle.Value, 0x1F0003, 0, notification, 1));
        var value = test.Value(handle);
        Assert.Equal(NtStatus.Success, test.Status("NtWaitForSingleObject", value, 0, test.Time(0)));
        Assert.Equal(NtStatus.Success, test.Status("ZwResetEvent", value, before.Value));
        Assert.Equal(1u, test.Memory.ReadUInt32(before));
        Assert.Equal(NtStatus.Timeout, test.Status("NtWaitForSingleObject", value, 0, test.Time(0)));
        Assert.Equal(NtStatus.Success, test.Status("ZwSetEvent", value, before.Value));
        Assert.Equal(0u, test.Memory.ReadUInt32(before));
        Assert.Equal(NtStatus.Success, test.Status("ZwClearEvent", value));
        Assert.Equal(NtStatus.Timeout, test.Status("NtWaitForSingleObject", value, 0, test.Time(0)));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("ZwClearEvent", 0x7770));
    }

    [Fact]
    [Trait("Spec", "U-6.56")]
    public void A_cancelled_timer_of_the_executive_does_not_call_back()
    {
        using var test = KernelTest.Boot();
        var calls = 0;
        var timer = test.CallNow("ExAllocateTimer", test.Routine(_ => GuestTask.FromResult((ulong)++calls)).Value, 0, 0);
        Assert.False(test.Boolean("ExCancelTimer", timer, 0));
        Assert.False(test.Boolean("ExSetTimer", timer, unchecked((ulong)-100_000L), 0, 0));
        Assert.True(test.Boolean("ExCancelTimer", timer, 0));
        test.CallNow("KeDelayExecutionThread", 0, 0, test.Time(-10_000_000));
        Assert.Equal(0, calls);
        test.CallNow("ExSetTimer", timer, unchecked((ulong)-100_000L), 0, 0);
        test.CallNow("KeDelayExecutionThread", 0, 0, test.Time(-10_000_000));
        Assert.Equal(1, calls);
    }

    private static IEnumerable<(string Routine, ulong[] Arguments)> Writes(KernelTest test)
    {
        var descriptor = test.Allocate(16).Value;
        yield return ("EtwWriteEx", [descriptor, 0, 0, 0, 0, 0, 0]);
        yield return ("EtwWriteTransfer", [descriptor, 0, 0, 0, 0]);
        yield return ("EtwWriteString", [4, 1, 0, test.Wide("text")]);
        yield return ("EtwSetInformation", [2, test.Bytes("traits"), 6]);
    }
}
