namespace FastEndpoints;

/// <summary>What came of turning incoming text into a value.</summary>
/// <param name="isSuccess">Whether there is a value.</param>
/// <param name="value">The value.</param>
public struct ParseResult(bool isSuccess, object? value)
{
    /// <summary>Whether there is a value.</summary>
    public bool IsSuccess { get; set; } = isSuccess;

    /// <summary>The value, boxed.</summary>
    public object? Value { get; set; } = value;
}
