namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a further annotation of the same type does to the former ones.</summary>
public enum ResourceAnnotationMutationBehavior
{
    /// <summary>It stands beside them.</summary>
    Append,

    /// <summary>It takes their place.</summary>
    Replace,
}
