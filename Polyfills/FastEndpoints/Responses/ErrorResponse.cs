using System.ComponentModel;
using System.Reflection;
using FluentValidation.Results;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace FastEndpoints;

/// <summary>An answer of errors: <c>{statusCode, message, errors: {name: [reason, ...]}}</c>.</summary>
public sealed class ErrorResponse : IResult, IEndpointMetadataProvider
{
    /// <summary>Creates one without errors.</summary>
    public ErrorResponse()
    {
    }

    /// <summary>Creates one of failures, their names going through the JSON naming policy.</summary>
    /// <param name="failures">The failures.</param>
    /// <param name="statusCode">The status.</param>
    public ErrorResponse(List<ValidationFailure> failures, int statusCode = 400)
    {
        StatusCode = statusCode;
        foreach (var failure in failures)
        {
            var name = FieldNames.ToJson(failure.PropertyName);
            if (!Errors.TryGetValue(name, out var reasons))
                Errors.Add(name, reasons = []);
            reasons.Add(failure.ErrorMessage);
        }
    }

    /// <summary>The status.</summary>
    [DefaultValue(400)]
    public int StatusCode { get; set; }

    /// <summary>What happened, in general.</summary>
    [DefaultValue("One or more errors occurred!")]
    public string Message { get; set; } = "One or more errors occurred!";

    /// <summary>The reasons by name.</summary>
    public Dictionary<string, List<string>> Errors { get; set; } = [];

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext) => httpContext.Response.SendAsync(this, StatusCode);

    /// <inheritdoc />
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new DefaultProduces(typeof(ErrorResponse), Settings.Errors.StatusCode, Settings.Errors.ContentType));
    }
}
