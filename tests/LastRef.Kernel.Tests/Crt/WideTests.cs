using LastRef.Kernel;

namespace LastRef.Tests;

/// <summary>Between bytes and wide characters, and the probe of large stack frames.</summary>
public sealed class WideTests
{
    [Fact]
    public void Text_is_widened_and_narrowed_in_the_ANSI_code_page()
    {
        using var test = KernelTest.Boot();
        var wide = test.Wide("");
        Assert.Equal(5UL, test.CallNow("mbstowcs", wide, test.Bytes("caf\u00E9\u0080"), 20));
        Assert.Equal("caf\u00E9\u20AC", test.ReadWide(wide));
        var bytes = test.Bytes("");
        Assert.Equal(5UL, test.CallNow("wcstombs", bytes, wide, 20));
        Assert.Equal("caf\u00E9\u0080", test.ReadBytes(bytes));
        Assert.Equal(5UL, test.CallNow("mbstowcs", 0, test.Bytes("abcde"), 0));
        Assert.Equal(5UL, test.CallNow("wcstombs", 0, wide, 0));
    }

    [Fact]
    public void What_is_cut_gets_no_terminator()
    {
        using var test = KernelTest.Boot();
        var wide = test.Wide("xxxxx");
        Assert.Equal(2UL, test.CallNow("mbstowcs", wide, test.Bytes("abcd"), 2));
        Assert.Equal("abxxx", test.ReadWide(wide));
        var bytes = test.Bytes("xxxxx");
        Assert.Equal(2UL, test.CallNow("wcstombs", bytes, test.Wide("abcd"), 2));
        Assert.Equal("abxxx", test.ReadBytes(bytes));
    }

    [Theory]
    [InlineData(0x2000u, false)]
    [InlineData(0x10_0000u, true)]
    public void A_frame_larger_than_the_stack_is_a_stack_overflow(uint frame, bool overflows)
    {
        using var test = KernelTest.Boot();
        var probe = BitConverter.GetBytes(test.Export("__chkstk").Value);

        // sub rsp,28h; mov eax,frame; mov rcx,__chkstk; call rcx; add rsp,28h; ret: eax comes back as it was.
        var code = test.Code(
            [0x48, 0x83, 0xEC, 0x28, 0xB8, .. BitConverter.GetBytes(frame), 0x48, 0xB9, .. probe, 0xFF, 0xD1, 0x48, 0x83, 0xC4, 0x28, 0xC3]);
        if (overflows)
            Assert.Equal((0x7Fu, 8UL), test.RunToBugCheck(async _ => await test.Kernel.CurrentThread.Call(code)) is var stop ? (stop.Code, stop.Parameter1) : default);
        else
            Assert.Equal(frame, (uint)test.Run(thread => thread.Call(code)));
    }
}
