using System.Linq.Expressions;

namespace FastEndpoints;

/// <summary>What an endpoint with a request type says of itself to a reader.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
public class EndpointSummary<TRequest> : EndpointSummary
    where TRequest : notnull
{
    /// <summary>Creates one, going on from another.</summary>
    /// <param name="summary">The other.</param>
    public EndpointSummary(EndpointSummary? summary = null)
    {
        if (summary is null)
            return;

        Summary = summary.Summary;
        Description = summary.Description;
        RequestExamples = summary.RequestExamples;
        Params = summary.Params;
        Responses = summary.Responses;
        ResponseExamples = summary.ResponseExamples;
        Produces = summary.Produces;
    }

    /// <summary>The first example; setting it adds one.</summary>
    public new TRequest? ExampleRequest
    {
        get => (TRequest?)base.ExampleRequest;
        set => base.ExampleRequest = value;
    }

    /// <summary>Says what a property of the request means.</summary>
    /// <param name="property">The property.</param>
    /// <param name="description">Its meaning.</param>
    public void RequestParam(Expression<Func<TRequest, object?>> property, string description)
        => Params[PropertyPath.Of(property.Body)] = description;
}
