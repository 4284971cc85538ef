using System.Text.Json;

namespace LastRef.Lab;

/// <summary>Resources and the registers behind them.</summary>
internal sealed partial class ProfileParser
{
    private const uint LastLine = 0x9F;
    private const uint MostMessages = 32;
    private readonly List<(ProfileItem Item, uint Line)> _raises = [];
    private readonly List<(ulong First, uint Count)> _lines = [];

    /// <summary>Notes registers that raise a line which no interrupt resource has.</summary>
    public void CheckRaises()
    {
        foreach (var (item, line) in _raises.Where(r => !_lines.Exists(l => r.Line >= l.First && r.Line - l.First < l.Count)))
            Problem(item, $"'raises' names line {line}, which no interrupt resource has");
    }

    private ProfileResource Resource(ProfileItem item)
    {
        var (kind, start, length) = ("", 0UL, 0u);
        IReadOnlyList<ulong> reads = [];
        IReadOnlyList<ProfileRegister> registers = [];
        IReadOnlyList<ProfileInterrupt> fires = [];
        var messages = 0u;
        if (!Members(item, "a resource", (name, value) =>
            {
                switch (name)
                {
                    case "kind": kind = Text(value, name); return true;
                    case "start": start = Number(value, name); return true;
                    case "length": length = (uint)Number(value, name, uint.MaxValue); return true;
                    case "reads": reads = Reads(value); return true;
                    case "registers": registers = List(value, name, Register); return true;
                    case "fires": fires = List(value, name, Fire); return true;
                    case "messages": messages = (uint)Number(value, name, MostMessages); return true;
                    default: return false;
                }
            }))
            return new ProfileResource("port", 0, 1, []);
        if (kind is "port" or "memory" or "interrupt")
            CheckRange(item, kind, start, length, registers);
        else
            Problem(item, $"a resource's kind is '{kind}'; it must be port, memory or interrupt");
        if (item.Members.All(m => m.Name != "start"))
            Problem(item, "a resource needs 'start'");
        if (kind != "interrupt" && fires.Count > 0)
            Problem(item, "only an interrupt resource has 'fires'");
        if (kind == "interrupt")
            CheckMessages(item, start, messages, fires);
        else if (item.Members.Any(m => m.Name == "messages"))
            Problem(item, "only an interrupt resource has 'messages'");
        return new ProfileResource(kind, start, length, reads) { Registers = registers, Fires = fires, Messages = messages };
    }

    private void CheckMessages(ProfileItem item, ulong start, uint messages, IReadOnlyList<ProfileInterrupt> fires)
    {
        var count = Math.Max(messages, 1);
        _lines.Add((start, count));
        if (item.Members.Any(m => m.Name == "messages") && messages == 0)
            Problem(item, "'messages' must be above zero; leave it out for an interrupt by wire");
        if (start <= LastLine && start + count - 1 > LastLine)
            Problem(item, $"{messages} messages from line {start} on are out of range: interrupt lines end at 0x9F");
        foreach (var fire in fires.Where(f => f.Message >= count))
            Problem(item, $"'fires' names message {fire.Message} of {messages}");
    }

    private ProfileInterrupt Fire(ProfileItem item)
    {
        const uint most = 1000;
        var fire = new ProfileInterrupt(ProfileInterruptTime.Started, 0, 1);
        if (!Members(item, "an occasion of an interrupt", (name, value) =>
            {
                switch (name)
                {
                    case "when": fire = fire with { When = Choice(value, name, ProfileWords.InterruptTimes) }; return true;
                    case "milliseconds": fire = fire with { Milliseconds = (uint)Number(value, name, 3_600_000) }; return true;
                    case "message": fire = fire with { Message = (uint)Number(value, name, MostMessages) }; return true;
                    case "times": fire = fire with { Times = (uint)Number(value, name, most) }; return true;
                    default: return false;
                }
            }))
            return fire;
        if (item.Members.All(m => m.Name != "when"))
            Problem(item, "an occasion of an interrupt needs 'when'");
        if (fire.When == ProfileInterruptTime.Every && (fire.Milliseconds == 0 || fire.Times == 0))
            Problem(item, "an interrupt that comes 'every' so often needs 'milliseconds' and 'times' above zero");
        if (fire.When != ProfileInterruptTime.Every && item.Members.Any(m => m.Name is "milliseconds" or "times"))
            Problem(item, "'milliseconds' and 'times' belong to 'every'");
        return fire;
    }

    private void CheckRange(ProfileItem item, string kind, ulong start, uint length, IReadOnlyList<ProfileRegister> registers)
    {
        var (last, what) = kind switch
        {
            "port" => (0xFFFFUL, "ports end at 0xFFFF"),
            "memory" => (PhysicalLimit, "physical addresses have 40 bits"),
            _ => ((ulong)LastLine, "interrupt lines end at 0x9F"),
        };
        if (kind != "interrupt" && length == 0)
            Problem(item, $"a {kind} resource needs a length");
        if (kind == "interrupt" && length != 0)
            Problem(item, "an interrupt resource has no length");
        if (kind == "interrupt" && registers.Count > 0)
            Problem(item, "an interrupt resource has no registers");
        if (kind == "memory" && start % 0x1000 != 0)
            Problem(item, $"a memory resource begins at 0x{start:X}; it must begin on a page of 0x1000 bytes");
        if (start > last || (length > 0 && length - 1 > last - start))
            Problem(item, $"a {kind} resource at 0x{start:X} with length {length} is out of range: {what}");
        foreach (var register in registers.Where(r => r.Offset >= length || r.Length > length - r.Offset))
            Problem(item, $"the register at offset 0x{register.Offset:X} lies outside of its resource of {length} bytes");
    }

    private ProfileRegister Register(ProfileItem item)
    {
        var register = new ProfileRegister(0, 1, []);
        if (Members(item, "a register", (name, value) =>
            {
                switch (name)
                {
                    case "offset": register = register with { Offset = (uint)Number(value, name, uint.MaxValue) }; return true;
                    case "length": register = register with { Length = (uint)Number(value, name, 8) }; return true;
                    case "reads": register = register with { Reads = Reads(value) }; return true;
                    case "raises":
                        register = register with { Raises = (uint)Number(value, name, LastLine) };
                        if (TryNumber(value) is { } raised && raised <= LastLine)
                            _raises.Add((value, (uint)raised));
                        return true;
                    case "keepsWrites": register = register with { KeepsWrites = Flag(value, name) }; return true;
                    default: return false;
                }
            }))
        {
            if (item.Members.All(m => m.Name != "offset"))
                Problem(item, "a register needs 'offset'");
            if (register.Length == 0)
                Problem(item, "a register has 1 to 8 bytes");
        }

        return register;
    }

    /// <summary>What reads give: <c>zeros</c>, <c>ones</c>, one value, or a script of values.</summary>
    private IReadOnlyList<ulong> Reads(ProfileItem item)
    {
        switch (item)
        {
            case { Kind: JsonTokenType.String, Text: "zeros" }:
                return [0];
            case { Kind: JsonTokenType.String, Text: "ones" }:
                return [];
            case { Kind: JsonTokenType.StartArray }:
                return [.. item.Items.Select(value => Number(value, "reads"))];
        }

        if (TryNumber(item) is { } number)
            return [number];
        Problem(item, "'reads' must be zeros, ones, a number, or an array of numbers");
        return [];
    }
}
