using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

[Trait("Spec", "U-6.18")]
public sealed class StreamFileTests
{
    [Theory]
    [InlineData("IoCreateStreamFileObject", "Cleanup")]
    [InlineData("IoCreateStreamFileObjectLite", "")]
    public void A_stream_file_counts_as_an_open_until_it_is_dereferenced(string routine, string first)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Storage");
        var file = new VirtualAddress(test.CallNow(routine, 0, device.Address.Value));
        Assert.Equal(1, device.ReferenceCount);
        Assert.Equal(first, string.Join(' ', driver.Log));
        Assert.Equal(FileObjectFlags.StreamFile, new FileObject(test.Memory, file).Flags & FileObjectFlags.StreamFile);
        driver.Stop();
        Assert.False(driver.WasUnloaded);
        test.Run(_ => test.Kernel.Ob.Dereference(file, ReferenceCause.StreamFile));
        test.RunUntilIdle();
        Assert.Equal(first.Length == 0 ? ["Close", "Unload"] : [first, "Close", "Unload"], driver.Log);
    }

    [Fact]
    public void A_stream_file_with_a_handle_is_cleaned_up_when_the_handle_is_closed()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Storage");
        var handle = test.Allocate(8);
        var file = new VirtualAddress(test.CallNow("IoCreateStreamFileObjectEx", 0, device.Address.Value, handle.Value));
        Assert.Empty(driver.Log);
        test.Run(_ => test.Kernel.Ob.CloseHandle(test.Kernel.Ps.SystemProcess, new HandleValue(test.Memory.ReadUInt64(handle))));
        Assert.Equal(["Cleanup"], driver.Log);
        test.Run(_ => test.Kernel.Ob.Dereference(file, ReferenceCause.StreamFile));
        Assert.Equal(["Cleanup", "Close"], driver.Log);
        Assert.Equal(0, device.ReferenceCount);
    }
}
