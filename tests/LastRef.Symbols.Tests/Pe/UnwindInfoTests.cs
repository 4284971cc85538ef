using LastRef.Symbols;
using Xunit;

namespace LastRef.Tests;

public sealed class UnwindInfoTests
{
    private static UnwindInfo Parse(params byte[] bytes) => UnwindInfo.Parse(bytes, "x.sys", new Rva(0x2000));

    [Fact]
    public void Each_code_of_version_1_is_decoded_and_scaled()
    {
        var info = Parse(
            1, 0x30, 14, 0x25,
            0x30, 0x01, 0x00, 0x10, // large allocation, 0x1000 * 8
            0x2C, 0x11, 0x00, 0x00, 0x10, 0x00, // large allocation, 0x100000
            0x28, 0x03, // set rbp
            0x24, 0x78, 0x02, 0x00, // xmm7 at 2 * 16
            0x20, 0x34, 0x05, 0x00, // rbx at 5 * 8
            0x1C, 0x65, 0x08, 0x00, 0x01, 0x00, // rsi far at 0x10008
            0x08, 0x50); // push rbp

        Assert.Equal((5, 0x20, 0x30), (info.FrameRegister, info.FrameOffset, info.PrologBytes));
        Assert.Equal(
        [
            new UnwindCode(0x30, UnwindOperation.AllocateLarge, 0, 0x8000),
            new UnwindCode(0x2C, UnwindOperation.AllocateLarge, 1, 0x10_0000),
            new UnwindCode(0x28, UnwindOperation.SetFramePointer, 0, 0),
            new UnwindCode(0x24, UnwindOperation.SaveXmm128, 7, 0x20),
            new UnwindCode(0x20, UnwindOperation.SaveNonVolatile, 3, 0x28),
            new UnwindCode(0x1C, UnwindOperation.SaveNonVolatileFar, 6, 0x1_0008),
            new UnwindCode(0x08, UnwindOperation.PushNonVolatile, 5, 0),
        ], info.Codes);
        Assert.Null(info.Handler);
    }

    [Fact]
    public void A_handler_and_its_data_follow_the_padded_codes()
    {
        var info = Parse([1 | 3 << 3, 4, 1, 0, 4, 0x42, 0, 0, 0x34, 0x12, 0, 0, 1, 0, 0, 0]);

        Assert.Equal(UnwindInfoOptions.ExceptionHandler | UnwindInfoOptions.TerminationHandler, info.Options);
        Assert.Equal(new Rva(0x1234), info.Handler);
        Assert.Equal(12, info.HandlerDataOffset);
    }

    [Fact]
    public void A_chained_entry_is_another_function_entry()
    {
        var info = Parse([1 | 4 << 3, 0, 0, 0, 0, 0x10, 0, 0, 0x20, 0x10, 0, 0, 0, 0x30, 0, 0]);

        Assert.Equal(new RuntimeFunction(new Rva(0x1000), new Rva(0x1020), new Rva(0x3000)), info.Chained);
        Assert.Null(info.Handler);
    }

    [Fact]
    public void Version_2_adds_epilogues_that_cost_one_slot_each()
    {
        var info = Parse(2, 4, 4, 0, 0x06, 0x16, 0x20, 0x06, 4, 0x42, 0, 0x30);

        Assert.Equal([UnwindOperation.Epilog, UnwindOperation.Epilog, UnwindOperation.AllocateSmall, UnwindOperation.PushNonVolatile],
            info.Codes.Select(code => code.Operation));
    }

    [Theory]
    [InlineData("x.sys: unwind info of RVA 0x2000 at offset 0x1 has version 3; 1 and 2 are known", new byte[] { 3, 0, 0, 0 })]
    [InlineData("x.sys: unwind codes of RVA 0x2000 at offset 0x2 has operation 6 with info 0, which version 1 does not define", new byte[] { 1, 0, 1, 0, 0, 6, 0, 0 })]
    [InlineData("x.sys: unwind codes of RVA 0x2000 at offset 0x2 needs 2 bytes, 0 are left", new byte[] { 1, 0, 1, 0, 0, 1, 0, 0 })]
    [InlineData("x.sys: unwind info of RVA 0x2000 at offset 0x4 needs 4 bytes, 2 are left", new byte[] { 1, 0, 2, 0, 0, 0 })]
    public void What_cannot_be_decoded_is_said(string message, byte[] bytes) =>
        Assert.Equal(message, Assert.Throws<ImageFormatException>(() => Parse(bytes)).Message);
}
