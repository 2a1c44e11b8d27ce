namespace FastEndpoints;

/// <summary>The sources that <see cref="DontBindAttribute"/> can close.</summary>
[Flags]
public enum Source
{
    /// <summary>Form fields.</summary>
    FormField = 1 << 0,

    /// <summary>Route parameters.</summary>
    RouteParam = 1 << 1,

    /// <summary>Query parameters.</summary>
    QueryParam = 1 << 2,

    /// <summary>All of them.</summary>
    All = FormField | RouteParam | QueryParam,
}
