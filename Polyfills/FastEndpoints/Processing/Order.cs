namespace FastEndpoints;

/// <summary>Whether processors of all endpoints run before or after the endpoint's own.</summary>
public enum Order
{
    /// <summary>Before.</summary>
    Before = 0,

    /// <summary>After.</summary>
    After = 1,
}
