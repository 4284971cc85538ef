using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Callbacks before and after handles to processes and threads are opened (U-6.33).</summary>
public sealed class ObjectCallbackTests
{
    private const ushort Version = 0x100;
    private const uint Create = 1;
    private const uint ProcessAllAccess = 0x1F_FFFF;
    private const uint ProcessTerminate = 1;

    [Fact]
    [Trait("Spec", "U-6.33")]
    public void Code_of_an_image_without_the_integrity_flag_is_refused()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(Version, (ushort)test.CallNow("ObGetFilterVersion"));
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.AccessDenied, test.Status("ObRegisterCallbacks", Registration(test, test.Code(0xC3), "320000"), handle.Value));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("ObRegisterCallbacks", Registration(test, VirtualAddress.Null, "320000"), handle.Value));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("ObRegisterCallbacks", Registration(test, test.Code(0xC3), "320000", version: 0x200), handle.Value));
    }

    [Fact]
    [Trait("Spec", "U-6.33")]
    public void A_callback_takes_rights_away_until_it_is_unregistered()
    {
        using var test = KernelTest.Boot();
        var calls = new List<(uint Operation, ulong Object)>();
        var driver = TestDriver.Load(test, "guard", isSigned: true);
        var before = driver.Code(arguments =>
        {
            var information = new VirtualAddress(arguments[1]);
            calls.Add((test.Memory.ReadUInt32(information), test.Memory.ReadUInt64(information + 8)));
            var parameters = test.Memory.ReadPointer(information + 0x20);
            test.Memory.WriteUInt32(parameters, test.Memory.ReadUInt32(parameters) & ~ProcessTerminate);
            return GuestTask.FromResult(0UL);
        });
        var registration = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ObRegisterCallbacks", Registration(test, before, "320000"), registration.Value));
        Assert.Equal(
            NtStatus.FltInstanceAltitudeCollision, test.Status("ObRegisterCallbacks", Registration(test, before, "320000"), registration.Value));

        var process = test.Kernel.Ps.CreateProcess("app.exe");
        Assert.Equal(ProcessAllAccess & ~ProcessTerminate, OpenForUser(test, process));
        Assert.Equal([(Create, process.Value)], calls);
        test.CallNow("ObUnRegisterCallbacks", test.Value(registration));
        Assert.Equal(ProcessAllAccess, OpenForUser(test, process));
        Assert.Single(calls);
        Assert.Equal(
            [true, false], test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.ObjectCallback).Select(r => r.Begin));
    }

    [Fact]
    public void Unregistering_twice_stops_the_machine()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ => await test.Call("ObUnRegisterCallbacks", 0x1234));
        Assert.Equal(0x7Eu, stop.Code);
    }

    /// <summary>Opens a handle by pointer, not as a kernel handle: those keep their rights.</summary>
    private static uint OpenForUser(KernelTest test, VirtualAddress process)
    {
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ObOpenObjectByPointer", process.Value, 0, 0, ProcessAllAccess, 0, 1, handle.Value));
        return test.Kernel.Ob.FindHandle(test.Kernel.Ps.SystemProcess, new HandleValue(test.Value(handle)))!.Value.GrantedAccess;
    }

    private static ulong Registration(KernelTest test, VirtualAddress before, string altitude, ushort version = Version)
    {
        var layout = test.Memory.Layout;
        var operation = new ObOperationRegistration(test.Memory, test.Allocate(ObOperationRegistration.SizeOf(layout)));
        test.Memory.WritePointer(operation.Address, test.Export("PsProcessType"));
        test.Memory.WriteUInt32(operation.Address + 8, Create);
        test.Memory.WritePointer(operation.Address + 0x10, before);
        var registration = new ObCallbackRegistration(test.Memory, test.Allocate(ObCallbackRegistration.SizeOf(layout)));
        registration.SetVersion(test.Memory, version);
        registration.SetOperationRegistrationCount(test.Memory, 1);
        var text = new UnicodeString(test.Memory, new VirtualAddress(test.Text(altitude)));
        registration.Altitude.SetLength(test.Memory, text.Length);
        registration.Altitude.SetMaximumLength(test.Memory, text.MaximumLength);
        registration.Altitude.SetBuffer(test.Memory, text.Buffer);
        registration.SetOperationRegistration(test.Memory, operation);
        return registration.Address.Value;
    }
}
