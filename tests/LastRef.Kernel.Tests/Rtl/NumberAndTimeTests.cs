using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Numbers, GUIDs, times, versions and memory of the run-time library (Doc: WDK reference).</summary>
public sealed class NumberAndTimeTests
{
    [Theory]
    [InlineData(255u, 16, "FF")]
    [InlineData(255u, 10, "255")]
    [InlineData(255u, 0, "255")]
    [InlineData(8u, 8, "10")]
    [InlineData(5u, 2, "101")]
    [InlineData(0u, 10, "0")]
    [InlineData(uint.MaxValue, 10, "4294967295")]
    public void A_number_becomes_text(uint value, int numberBase, string expected)
    {
        using var test = KernelTest.Boot();
        var target = test.Room(80);
        Assert.Equal(NtStatus.Success, test.Status("RtlIntegerToUnicodeString", value, (ulong)numberBase, target));
        Assert.Equal(expected, test.Read(target));
        Assert.Equal(NtStatus.Success, test.Status("RtlInt64ToUnicodeString", value, (ulong)numberBase, target));
        Assert.Equal(expected, test.Read(target));
        Assert.Equal(0x8000_0005u, (uint)test.Status("RtlIntegerToUnicodeString", value, (ulong)numberBase, test.Room((expected.Length - 1) * 2)).Code);
    }

    [Theory]
    [InlineData("42", 0, 42)]
    [InlineData("  -42", 10, -42)]
    [InlineData("0x1F", 0, 31)]
    [InlineData("0o17", 0, 15)]
    [InlineData("0b101", 0, 5)]
    [InlineData("1Fz", 16, 31)]
    [InlineData("", 10, 0)]
    public void Text_becomes_a_number(string text, int numberBase, int expected)
    {
        using var test = KernelTest.Boot();
        var value = test.Allocate(4);
        Assert.Equal(NtStatus.Success, test.Status("RtlUnicodeStringToInteger", test.Text(text), (ulong)numberBase, value.Value));
        Assert.Equal(expected, (int)test.Memory.ReadUInt32(value));
        Assert.Equal(NtStatus.Success, test.Status("RtlCharToInteger", test.Bytes(text), (ulong)numberBase, value.Value));
        Assert.Equal(expected, (int)test.Memory.ReadUInt32(value));
    }

    [Theory]
    [InlineData("RtlIntegerToUnicodeString")]
    [InlineData("RtlUnicodeStringToInteger")]
    public void A_base_is_2_8_10_or_16(string routine)
    {
        using var test = KernelTest.Boot();
        var text = test.Text("1");
        ulong[] arguments = routine == "RtlIntegerToUnicodeString" ? [1, 7, text] : [text, 7, test.Allocate(4).Value];
        Assert.Equal(NtStatus.InvalidParameter, test.Status(routine, arguments));
    }

    [Fact]
    public void A_guid_has_braces_and_survives_the_round_trip()
    {
        const string Text = "{12345678-9ABC-DEF0-1122-334455667788}";
        using var test = KernelTest.Boot();
        var guid = test.Allocate(16);
        Assert.Equal(NtStatus.Success, test.Status("RtlGUIDFromString", test.Text(Text), guid.Value));
        var bytes = new byte[16];
        test.Memory.Read(guid, bytes);
        Assert.Equal(new Guid(Text).ToByteArray(), bytes);
        var target = new UnicodeString(test.Memory, test.Allocate(16));
        Assert.Equal(NtStatus.Success, test.Status("RtlStringFromGUID", guid.Value, target.Address.Value));
        Assert.Equal(Text.ToLowerInvariant(), target.ToText()); // Windows writes the digits of a GUID small, as in interface names
        Assert.Equal(NtStatus.InvalidParameter, test.Status("RtlGUIDFromString", test.Text("{12345678}"), guid.Value));
    }

    [Theory]
    [InlineData(1601, 1, 1, 0, 0, 0, 0, 1)]
    [InlineData(2024, 2, 29, 23, 59, 58, 999, 4)]
    [InlineData(2000, 12, 31, 12, 0, 0, 1, 0)]
    public void Time_splits_into_fields_and_back(int year, int month, int day, int hour, int minute, int second, int millisecond, int weekday)
    {
        using var test = KernelTest.Boot();
        var moment = new DateTime(year, month, day, hour, minute, second, millisecond, DateTimeKind.Utc);
        var time = test.Time(moment.Ticks - new DateTime(1601, 1, 1).Ticks);
        var fields = test.Allocate(16);
        test.CallNow("RtlTimeToTimeFields", time, fields.Value);
        Assert.Equal(
            [year, month, day, hour, minute, second, millisecond, weekday], Enumerable.Range(0, 8).Select(i => (int)test.Memory.ReadUInt16(fields + (2 * i))));
        var back = test.Allocate(8);
        Assert.True(test.Boolean("RtlTimeFieldsToTime", fields.Value, back.Value));
        Assert.Equal(test.Memory.ReadUInt64(new VirtualAddress(time)), test.Memory.ReadUInt64(back));
        test.Memory.WriteUInt16(fields + 2, 13);
        Assert.False(test.Boolean("RtlTimeFieldsToTime", fields.Value, back.Value));
    }

    [Fact]
    public void Seconds_are_counted_from_1970_or_1980_and_must_fit_32_bits()
    {
        using var test = KernelTest.Boot();
        var seconds = test.Allocate(4);
        var time = test.Allocate(8);
        test.CallNow("RtlSecondsSince1970ToTime", 1, time.Value);
        Assert.Equal(116_444_736_010_000_000UL, test.Memory.ReadUInt64(time));
        Assert.True(test.Boolean("RtlTimeToSecondsSince1970", time.Value, seconds.Value));
        Assert.Equal(1u, test.Memory.ReadUInt32(seconds));
        test.CallNow("RtlSecondsSince1980ToTime", 1, time.Value);
        Assert.Equal(119_600_064_010_000_000UL, test.Memory.ReadUInt64(time));
        Assert.True(test.Boolean("RtlTimeToSecondsSince1980", time.Value, seconds.Value));
        Assert.Equal(1u, test.Memory.ReadUInt32(seconds));
        Assert.False(test.Boolean("RtlTimeToSecondsSince1970", test.Time(0), seconds.Value));
        Assert.False(test.Boolean("RtlTimeToSecondsSince1980", test.Time(116_444_736_010_000_000), seconds.Value));
    }

    [Theory]
    [InlineData(NtBuild.Windows10_2004, 10u, 0u, 19041u)]
    [InlineData(NtBuild.Windows7Sp1, 6u, 1u, 7601u)]
    public void The_version_is_that_of_the_build(NtBuild build, uint major, uint minor, uint number)
    {
        using var test = KernelTest.Boot(new MachineOptions { Build = build });
        var info = test.Allocate(0x11C);
        test.Memory.WriteUInt32(info, 0x11C);
        Assert.Equal(NtStatus.Success, test.Status("RtlGetVersion", info.Value));
        Assert.Equal(
            [0x11C, major, minor, number, 2u], Enumerable.Range(0, 5).Select(i => test.Memory.ReadUInt32(info + (4 * i))));
        Assert.Equal(1, test.Memory.ReadByte(info + 0x11A)); // VER_NT_WORKSTATION
    }

    [Fact]
    public void Versions_are_verified_by_condition()
    {
        const ulong Major = 2, Minor = 1, Equal = 1, GreaterOrEqual = 3, Greater = 2;
        using var test = KernelTest.Boot();
        var mask = test.CallNow("VerSetConditionMask", test.CallNow("VerSetConditionMask", 0, Major, GreaterOrEqual), Minor, Equal);
        Assert.Equal((GreaterOrEqual << 3) | Equal | (1UL << 63), mask | (1UL << 63));
        var info = test.Allocate(0x11C);
        test.Memory.WriteUInt32(info, 0x11C);
        test.Memory.WriteUInt32(info + 4, 6);
        Assert.Equal(NtStatus.Success, test.Status("RtlVerifyVersionInfo", info.Value, Major, mask));
        test.Memory.WriteUInt32(info + 4, 11);
        Assert.Equal(0xC000_0059u, (uint)test.Status("RtlVerifyVersionInfo", info.Value, Major, mask).Code);
        test.Memory.WriteUInt32(info + 4, 10);
        Assert.Equal(0xC000_0059u, (uint)test.Status("RtlVerifyVersionInfo", info.Value, Major, test.CallNow("VerSetConditionMask", 0, Major, Greater)).Code);
        Assert.True(test.Boolean("RtlIsNtDdiVersionAvailable", 0x0A00_0000));
        Assert.False(test.Boolean("RtlIsNtDdiVersionAvailable", 0x0B00_0000));
        Assert.False(test.Boolean("RtlIsServicePackVersionInstalled", 0x0A00_0100));
    }

    [Fact]
    public void Memory_is_compared_filled_copied_and_swapped()
    {
        using var test = KernelTest.Boot();
        var left = test.Bytes("abcdef");
        var right = test.Bytes("abcxef");
        Assert.Equal(3UL, test.CallNow("RtlCompareMemory", left, right, 6));
        Assert.Equal(2UL, test.CallNow("RtlCompareMemory", left, right, 2));
        var words = test.Allocate(16);
        test.CallNow("RtlFillMemory", words.Value, 16, 0x5A);
        Assert.Equal(0x5A5A_5A5Au, test.Memory.ReadUInt32(words + 12));
        Assert.Equal(16UL, test.CallNow("RtlCompareMemoryUlong", words.Value, 16, 0x5A5A_5A5A));
        test.Memory.WriteUInt32(words + 8, 1);
        Assert.Equal(8UL, test.CallNow("RtlCompareMemoryUlong", words.Value, 16, 0x5A5A_5A5A));
        test.CallNow("RtlZeroMemory", words.Value, 4);
        Assert.Equal((0u, 0x5A5A_5A5Au), (test.Memory.ReadUInt32(words), test.Memory.ReadUInt32(words + 4)));
        test.CallNow("RtlCopyMemory", words.Value, left, 2);
        test.CallNow("RtlMoveMemory", words.Value + 1, words.Value, 2);
        test.CallNow("RtlCopyMemoryNonTemporal", words.Value + 3, right + 3, 1);
        Assert.Equal("aabx", test.ReadBytes(words.Value)[..4]);
        Assert.Equal(0x3412, test.Int("RtlUshortByteSwap", 0x1234));
        Assert.Equal(0x7856_3412, test.Int("RtlUlongByteSwap", 0x1234_5678));
        Assert.Equal(0x0807_0605_0403_0201UL, test.CallNow("RtlUlonglongByteSwap", 0x0102_0304_0506_0708));
    }

    /// <summary>winerror.h: access denied, cancelled, the two that the statuses of unload become.</summary>
    [Theory]
    [InlineData("RtlNtStatusToDosError")]
    [InlineData("RtlNtStatusToDosErrorNoTeb")]
    public void A_status_becomes_the_error_of_winerror_h_and_an_unknown_one_stops_the_machine(string routine)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(
            [0, 5, 995, 1056],
            new[] { NtStatus.Success, NtStatus.AccessDenied, NtStatus.Cancelled, NtStatus.ImageAlreadyLoaded }.Select(s => test.Int(routine, s.Code)));
        Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call(routine, 0xC0FF_EE00)));
    }
}
