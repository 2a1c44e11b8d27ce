using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace FastEndpoints;

/// <summary>Conventions for <c>Description(...)</c>.</summary>
public static class RouteHandlerBuilderExtensions
{
    /// <summary>Describes an answer of errors of this type.</summary>
    public static RouteHandlerBuilder ProducesProblemFE<TResponse>(
        this RouteHandlerBuilder hb, int statusCode = 400, string contentType = "application/problem+json")
        => hb.Produces<TResponse>(statusCode, contentType);

    /// <summary>Describes an <see cref="ErrorResponse"/>.</summary>
    public static RouteHandlerBuilder ProducesProblemFE(
        this RouteHandlerBuilder hb, int statusCode = 400, string contentType = "application/problem+json")
        => hb.ProducesProblemFE<ErrorResponse>(statusCode, contentType);

    /// <summary>Describes a <see cref="ProblemDetails"/>.</summary>
    public static RouteHandlerBuilder ProducesProblemDetails(
        this RouteHandlerBuilder hb, int statusCode = 400, string contentType = "application/problem+json")
        => hb.ProducesProblemFE<ProblemDetails>(statusCode, contentType);

    /// <summary>Removes what the endpoint accepts of itself.</summary>
    public static RouteHandlerBuilder ClearDefaultAccepts(this RouteHandlerBuilder hb)
    {
        hb.Add(static builder => EndpointDescription.Remove(builder, static m => m is IAcceptsMetadata));
        return hb;
    }

    /// <summary>Removes what the endpoint answers of itself, of these statuses or of all.</summary>
    public static RouteHandlerBuilder ClearDefaultProduces(this RouteHandlerBuilder hb, params int[] statusCodes)
    {
        hb.Finally(builder => EndpointDescription.Remove(
            builder, m => m is DefaultProduces p && (statusCodes.Length == 0 || statusCodes.Contains(p.StatusCode))));
        return hb;
    }

    /// <summary>Accepts any content type.</summary>
    public static RouteHandlerBuilder Accepts<TRequest>(this RouteHandlerBuilder hb) where TRequest : notnull
        => hb.ClearDefaultAccepts().Accepts<TRequest>("*/*");
}
