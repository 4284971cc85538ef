using System.Text;
using LastRef.Nt;

namespace LastRef;

/// <summary>Requests by the names of the headers.</summary>
internal static class RequestNames
{
    /// <summary><c>IRP_MJ_PNP (IRP_MN_REMOVE_DEVICE)</c>, <c>IRP_MJ_READ</c>.</summary>
    public static string Of(IrpMajor? major, byte minor) => major switch
    {
        null => "a request that is at no driver",
        IrpMajor.Pnp when Enum.IsDefined((PnpMinor)minor) => $"IRP_MJ_PNP (IRP_MN_{Upper(((PnpMinor)minor).ToString())})",
        { } known => "IRP_MJ_" + Upper(known.ToString()),
    };

    private static string Upper(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToUpperInvariant(c));
        }

        return text.ToString();
    }
}
