namespace FastEndpoints;

/// <summary>Validators.</summary>
public sealed class ValidationOptions
{
    /// <summary>Whether names of failing properties go through the JSON naming policy. Default true.</summary>
    public bool UsePropertyNamingPolicy { get; set; } = true;
}
