using Iced.Intel;

namespace LastRef.Tests;

/// <summary>Cases that the host processor cannot judge.</summary>
internal static class HostFaults
{
    public static bool Explains(TestCase test) => false;
}
