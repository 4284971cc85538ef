using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Driver Verifier when an image leaves and when objects die (8.3).</summary>
public sealed class VerifierTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pool_that_is_left_is_noted_when_the_image_goes(bool verifier)
    {
        using var test = KernelTest.Boot(new MachineOptions { Verifier = verifier });
        test.Load("r46-pool-defect.sys");
        test.Run(_ => test.Kernel.Io.UnloadDriver(IoManager.ServicesKey + @"\r46-pool-defect", Attempter.Scm));
        test.RunUntilIdle();
        Assert.Null(test.Kernel.Images.FindLoaded("r46-pool-defect.sys"));
        var notes = test.Kernel.Trace.Of<VerifierRecord>().ToList();
        if (!verifier)
        {
            Assert.Empty(notes);
            return;
        }

        Assert.All(notes, n => Assert.Equal((0xC4u, 0x62UL), (n.Code, n.Rule)));
        Assert.NotNull(test.Kernel.Ex.NonPagedPool.Find(Assert.Single(notes).Object) ?? test.Kernel.Ex.PagedPool.Find(notes[0].Object));
        Assert.True(notes[0].Sequence < test.Kernel.Trace.Of<ImageRecord>().Last(i => !i.Mapped).Sequence);
    }

    [Fact]
    public void A_device_that_is_deleted_with_its_WMI_registration_is_noted()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "wmi").CreateDevice(null);
        Assert.Equal(NtStatus.Success, test.Status("IoWMIRegistrationControl", device.Address.Value, 1));
        test.CallNow("IoDeleteDevice", device.Address.Value);
        var note = Assert.Single(test.Kernel.Trace.Of<VerifierRecord>());
        Assert.Equal((0xC4u, 0xDBUL, device.Address), (note.Code, note.Rule, note.Object));
    }

    [Fact]
    public void A_lookaside_list_in_an_image_that_goes_is_noted()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "lookaside");
        var list = test.Kernel.Images.FindLoaded(driver.FileName)!.Base + TestImage.FreeRva + 0x200;
        test.CallNow("ExInitializeNPagedLookasideList", list.Value, 0, 0, 0, 64, 0x7473_6554, 0);
        driver.Stop();
        Assert.False(driver.IsImageLoaded);
        var note = Assert.Single(test.Kernel.Trace.Of<VerifierRecord>());
        Assert.Equal((0xC4u, 0xCCUL, list), (note.Code, note.Rule, note.Object));
    }

    [Theory]
    [InlineData(true, 0xC4u, 0x3FUL)]
    [InlineData(false, 0x18u, 0UL)]
    public void A_reference_on_a_dead_object_has_a_rule_of_its_own(bool verifier, uint code, ulong rule)
    {
        using var test = KernelTest.Boot(new MachineOptions { Verifier = verifier });
        var body = test.Kernel.Ob.Create(ObjectKind.Event, 0x18, PoolTags.Object);
        test.Kernel.Ob.HeaderOf(body).SetPointerCount(test.Memory, 0);
        var stop = test.RunToBugCheck(async _ => await test.Call("ObfReferenceObject", body.Value));
        Assert.Equal((code, rule, body.Value), (stop.Code, stop.Parameter1, stop.Parameter2));
    }

    [Fact]
    public void The_kernel_that_meets_an_unloaded_image_at_raised_IRQL_says_so()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "gone");
        var inImage = test.Kernel.Images.FindLoaded(driver.FileName)!.Base + TestImage.FreeRva;
        driver.Stop();
        Assert.False(driver.IsImageLoaded);
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("KfRaiseIrql", (ulong)Irql.Dispatch);
            await test.Call("KeSetEvent", inImage.Value, 0, 0);
        });
        Assert.Equal((0xD4u, (ulong)Irql.Dispatch), (stop.Code, stop.Parameter2));
    }
}
