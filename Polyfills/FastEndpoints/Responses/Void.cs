namespace FastEndpoints;

/// <summary>The result of what has none.</summary>
public sealed class Void
{
    internal static readonly Void Instance = new();
}
