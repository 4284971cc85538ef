using System.Globalization;
using System.Text.Json;

namespace LastRef.Lab;

/// <summary>Makes a profile of a tree and notes all that is wrong with it.</summary>
internal sealed partial class ProfileParser(ProfileSource source)
{
    private const ulong PhysicalLimit = (1UL << 40) - 1;

    private readonly List<ProfileProblem> _problems = [];

    public IReadOnlyList<ProfileProblem> Problems => _problems;

    private void Problem(ProfileItem item, string what) => _problems.Add(source.ProblemAt(item.Offset, what));

    /// <summary>Goes through an object's members.</summary>
    /// <param name="what">What the object is, for messages: <c>the profile</c>, <c>a resource</c>.</param>
    /// <param name="take">Takes a member; false for a name that it does not know.</param>
    /// <returns>False when it is no object.</returns>
    private bool Members(ProfileItem item, string what, Func<string, ProfileItem, bool> take)
    {
        if (item.Kind != JsonTokenType.StartObject)
        {
            Problem(item, $"{what} must be an object");
            return false;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in item.Members)
        {
            if (!seen.Add(member.Name))
                _problems.Add(source.ProblemAt(member.Offset, $"{what} has '{member.Name}' twice"));
            else if (!take(member.Name, member.Value))
                _problems.Add(source.ProblemAt(member.Offset, $"{what} has an unknown property '{member.Name}'"));
        }

        return true;
    }

    private IReadOnlyList<T> List<T>(ProfileItem item, string what, Func<ProfileItem, T> read)
    {
        if (item.Kind == JsonTokenType.StartArray)
            return [.. item.Items.Select(read)];
        Problem(item, $"'{what}' must be an array");
        return [];
    }

    private string Text(ProfileItem item, string what)
    {
        if (item.Kind == JsonTokenType.String)
            return item.Text;
        Problem(item, $"'{what}' must be text");
        return "";
    }

    /// <summary>Text that is not empty.</summary>
    private string Name(ProfileItem item, string what)
    {
        var text = Text(item, what);
        if (item.Kind == JsonTokenType.String && text.Length == 0)
            Problem(item, $"'{what}' must not be empty");
        return text;
    }

    private IReadOnlyList<string> Names(ProfileItem item, string what) => List(item, what, one => Name(one, what));

    private bool Flag(ProfileItem item, string what)
    {
        if (item.Kind is JsonTokenType.True or JsonTokenType.False)
            return item.Kind == JsonTokenType.True;
        Problem(item, $"'{what}' must be true or false");
        return false;
    }

    /// <summary>A JSON number, or text such as "0x3F8".</summary>
    private ulong Number(ProfileItem item, string what, ulong largest = ulong.MaxValue)
    {
        if (TryNumber(item) is not { } number)
            Problem(item, $"'{what}' must be a number that is not negative, or text such as \"0x3F8\"");
        else if (number > largest)
            Problem(item, $"'{what}' must not be above {largest}");
        else
            return number;
        return 0;
    }

    private static ulong? TryNumber(ProfileItem item)
    {
        if (item.Kind == JsonTokenType.Number && ulong.TryParse(item.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        return item.Kind == JsonTokenType.String && item.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && ulong.TryParse(item.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            ? number
            : null;
    }

    /// <summary>Bytes as hexadecimal text, such as <c>12 01 00 02</c>; spaces do not matter.</summary>
    private byte[] Bytes(ProfileItem item, string what)
    {
        var digits = Text(item, what).Replace(" ", "", StringComparison.Ordinal);
        if (digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit))
            return Convert.FromHexString(digits);
        Problem(item, $"'{what}' must be bytes in hexadecimal, such as \"12 01 00 02\"");
        return [];
    }

    /// <summary>One of a closed list of words.</summary>
    private T Choice<T>(ProfileItem item, string what, IReadOnlyDictionary<string, T> words)
        where T : struct
    {
        if (item.Kind == JsonTokenType.String && words.TryGetValue(item.Text, out var value))
            return value;
        Problem(item, $"'{what}' is {Shown(item)}; it must be {OneOf(words.Keys)}");
        return default;
    }

    private static string Shown(ProfileItem item) => item.Kind is JsonTokenType.String ? $"'{item.Text}'" : item.Text.Length > 0 ? item.Text : "no text";

    private static string OneOf(IEnumerable<string> words)
    {
        string[] list = [.. words];
        return list.Length == 1 ? list[0] : $"{string.Join(", ", list[..^1])} or {list[^1]}";
    }
}
