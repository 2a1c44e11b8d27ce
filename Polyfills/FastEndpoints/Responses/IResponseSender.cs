using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>What own ways to answer extend: an extension method of this type is at hand at <c>Send</c>.</summary>
public interface IResponseSender
{
    /// <summary>The exchange.</summary>
    HttpContext HttpContext { get; }

    /// <summary>The failures so far.</summary>
    List<ValidationFailure> ValidationFailures { get; }

    /// <summary>What is known of the endpoint.</summary>
    EndpointDefinition Definition { get; }
}
