using Microsoft.AspNetCore.Http.Metadata;

namespace FastEndpoints;

/// <summary>
/// What an endpoint says of itself to a reader. It is part of the endpoint's <see cref="EndpointDefinition"/>, from which
/// a document can be filled; only <see cref="Response{TResponse}"/> and <see cref="Response"/> are metadata of ASP.NET.
/// </summary>
public class EndpointSummary
{
    /// <summary>One line.</summary>
    public string Summary { get; set; } = null!;

    /// <summary>All of it.</summary>
    public string Description { get; set; } = null!;

    /// <summary>Examples of the request.</summary>
    public ICollection<RequestExample> RequestExamples { get; protected set; } = [];

    /// <summary>The first example; setting it adds one.</summary>
    public object? ExampleRequest
    {
        get => RequestExamples.FirstOrDefault()?.Value;
        set => RequestExamples.Add(new(value ?? throw new ArgumentNullException(nameof(value))));
    }

    /// <summary>What parameters and properties of the request mean, by name.</summary>
    public Dictionary<string, string> Params { get; set; } = [];

    /// <summary>What answers mean, by status.</summary>
    public Dictionary<int, string> Responses { get; set; } = [];

    /// <summary>Examples of answers, by status.</summary>
    public Dictionary<int, object> ResponseExamples { get; set; } = [];

    internal List<IProducesResponseTypeMetadata> Produces { get; private protected set; } = [];

    /// <summary>What an answer means.</summary>
    /// <param name="statusCode">Its status.</param>
    public string this[int statusCode]
    {
        get => Responses[statusCode];
        set => Responses[statusCode] = value;
    }

    /// <summary>Describes an answer with a body. The 200 that an endpoint has of itself is gone then.</summary>
    /// <typeparam name="TResponse">The body.</typeparam>
    /// <param name="statusCode">Its status.</param>
    /// <param name="description">What it means.</param>
    /// <param name="contentType">Its content type.</param>
    /// <param name="example">An example.</param>
    public void Response<TResponse>(int statusCode = 200, string? description = null, string contentType = "application/json", TResponse? example = default)
    {
        Add(typeof(TResponse), statusCode, description, contentType);
        if (example is not null)
            ResponseExamples[statusCode] = example;
    }

    /// <summary>Describes an answer without a body. The 200 that an endpoint has of itself is gone then.</summary>
    /// <param name="statusCode">Its status.</param>
    /// <param name="description">What it means.</param>
    /// <param name="contentType">Its content type.</param>
    public void Response(int statusCode = 200, string? description = null, string? contentType = null)
        => Add(typeof(void), statusCode, description, contentType);

    private void Add(Type type, int statusCode, string? description, string? contentType)
    {
        Produces.Add(new DefaultProduces(type, statusCode, contentType is null ? [] : [contentType]));
        if (description is not null)
            Responses[statusCode] = description;
    }
}
