using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>System times (100 ns since 1601) as calendar fields and as seconds.</summary>
internal sealed partial class RuntimeLibrary
{
    private const long TicksPerSecond = 10_000_000;
    private const long TicksPerDay = 86_400 * TicksPerSecond;
    private const long SecondsFrom1601To1970 = 11_644_473_600;
    private const long SecondsFrom1601To1980 = 11_960_006_400;

    [KernelExport("ntoskrnl.exe", Doc = "RtlTimeToTimeFields, WDK reference")]
    internal void RtlTimeToTimeFields(VirtualAddress time, TimeFields timeFields)
    {
        var ticks = Memory.ReadValue<long>(time);
        var (days, rest) = Math.DivRem(ticks, TicksPerDay);
        var (year, month, day) = DateOf(days);
        timeFields.SetYear(Memory, (short)year);
        timeFields.SetMonth(Memory, (short)month);
        timeFields.SetDay(Memory, (short)day);
        timeFields.SetHour(Memory, (short)(rest / (3600 * TicksPerSecond)));
        timeFields.SetMinute(Memory, (short)(rest / (60 * TicksPerSecond) % 60));
        timeFields.SetSecond(Memory, (short)(rest / TicksPerSecond % 60));
        timeFields.SetMilliseconds(Memory, (short)(rest / 10_000 % 1000));

        // The first of January 1601 was a Monday.
        timeFields.SetWeekday(Memory, (short)((days + 1) % 7));
    }

    /// <returns>FALSE when a field is out of its range; the weekday is not looked at.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlTimeFieldsToTime, WDK reference")]
    internal NtBoolean RtlTimeFieldsToTime(TimeFields timeFields, Out<long> time)
    {
        var (year, month, day) = (timeFields.Year, timeFields.Month, timeFields.Day);
        if (year is < 1601 or > 30827 || month is < 1 or > 12 || day < 1 || day > DaysInMonth(year, month)
            || timeFields.Hour is < 0 or > 23 || timeFields.Minute is < 0 or > 59 || timeFields.Second is < 0 or > 59
            || timeFields.Milliseconds is < 0 or > 999)
        {
            return false;
        }

        var seconds = (((timeFields.Hour * 60L) + timeFields.Minute) * 60) + timeFields.Second;
        time.Set(Memory, (DaysBefore(year, month) + day - 1) * TicksPerDay + (seconds * TicksPerSecond) + (timeFields.Milliseconds * 10_000L));
        return true;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlTimeToSecondsSince1970, ntifs.h")]
    internal NtBoolean RtlTimeToSecondsSince1970(VirtualAddress time, Out<uint> elapsedSeconds) => ToSeconds(time, SecondsFrom1601To1970, elapsedSeconds);

    [KernelExport("ntoskrnl.exe", Doc = "RtlTimeToSecondsSince1980, ntifs.h")]
    internal NtBoolean RtlTimeToSecondsSince1980(VirtualAddress time, Out<uint> elapsedSeconds) => ToSeconds(time, SecondsFrom1601To1980, elapsedSeconds);

    [KernelExport("ntoskrnl.exe", Doc = "RtlSecondsSince1970ToTime, ntifs.h")]
    internal void RtlSecondsSince1970ToTime(uint elapsedSeconds, Out<long> time) =>
        time.Set(Memory, (elapsedSeconds + SecondsFrom1601To1970) * TicksPerSecond);

    [KernelExport("ntoskrnl.exe", Doc = "RtlSecondsSince1980ToTime, ntifs.h")]
    internal void RtlSecondsSince1980ToTime(uint elapsedSeconds, Out<long> time) =>
        time.Set(Memory, (elapsedSeconds + SecondsFrom1601To1980) * TicksPerSecond);

    /// <returns>FALSE when the time lies outside the 136 years that the seconds can count.</returns>
    private NtBoolean ToSeconds(VirtualAddress time, long epoch, Out<uint> elapsedSeconds)
    {
        var seconds = (Memory.ReadValue<long>(time) / TicksPerSecond) - epoch;
        if (seconds is < 0 or > uint.MaxValue)
            return false;
        elapsedSeconds.Set(Memory, (uint)seconds);
        return true;
    }

    /// <summary>The date a number of days after the first of January 1601, in the Gregorian calendar.</summary>
    private static (int Year, int Month, int Day) DateOf(long days)
    {
        var year = 1601 + (int)(days / 146_097 * 400);
        days %= 146_097;
        while (days >= (IsLeap(year) ? 366 : 365))
            days -= IsLeap(year++) ? 366 : 365;
        var month = 1;
        while (days >= DaysInMonth(year, month))
            days -= DaysInMonth(year, month++);
        return (year, month, (int)days + 1);
    }

    private static long DaysBefore(int year, int month)
    {
        long before = year - 1601;
        var days = (before * 365) + (before / 4) - (before / 100) + (before / 400);
        for (var m = 1; m < month; m++)
            days += DaysInMonth(year, m);
        return days;
    }

    private static int DaysInMonth(int year, int month) => month switch
    {
        2 => IsLeap(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    private static bool IsLeap(int year) => (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}
