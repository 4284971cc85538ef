namespace System.Runtime.CompilerServices;

/// <summary>Lets a netstandard2.0 compiler extension use records.</summary>
internal static class IsExternalInit;
