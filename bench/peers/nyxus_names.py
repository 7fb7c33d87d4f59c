# SPDX-License-Identifier: Apache-2.0
"""What PyRadiomics calls the features of Nyxus. In 3-D, Nyxus' names begin with a 3; "_AVE" is the mean over angles."""

FIRSTORDER = {
    "P10": "10Percentile", "P90": "90Percentile", "ENERGY": "Energy", "ENTROPY": "Entropy",
    "INTERQUARTILE_RANGE": "InterquartileRange", "KURTOSIS": "Kurtosis", "MAX": "Maximum",
    "MEAN_ABSOLUTE_DEVIATION": "MeanAbsoluteDeviation", "MEAN": "Mean", "MEDIAN": "Median", "MIN": "Minimum",
    "RANGE": "Range", "ROBUST_MEAN_ABSOLUTE_DEVIATION": "RobustMeanAbsoluteDeviation",
    "ROOT_MEAN_SQUARED": "RootMeanSquared", "SKEWNESS": "Skewness", "UNIFORMITY": "Uniformity",
    "VARIANCE_BIASED": "Variance",
}
SHAPE_2D = {
    "AREA_PIXELS_COUNT": "PixelSurface", "PERIMETER": "Perimeter", "MAJOR_AXIS_LENGTH": "MajorAxisLength",
    "MINOR_AXIS_LENGTH": "MinorAxisLength",
}
SHAPE_3D = {
    "AREA": "SurfaceArea", "AREA_2_VOLUME": "SurfaceVolumeRatio", "MESH_VOLUME": "MeshVolume",
    "SPHERICITY": "Sphericity", "VOXEL_VOLUME": "VoxelVolume", "MAJOR_AXIS_LEN": "MajorAxisLength",
    "MINOR_AXIS_LEN": "MinorAxisLength", "LEAST_AXIS_LEN": "LeastAxisLength", "ELONGATION": "Elongation",
    "FLATNESS": "Flatness",
}
GLCM = {
    "ACOR": "Autocorrelation", "CLUPROM": "ClusterProminence", "CLUSHADE": "ClusterShade",
    "CLUTEND": "ClusterTendency", "CONTRAST": "Contrast", "CORRELATION": "Correlation",
    "DIFAVE": "DifferenceAverage", "DIFENTRO": "DifferenceEntropy", "DIFVAR": "DifferenceVariance", "ID": "Id",
    "IDM": "Idm", "IDMN": "Idmn", "IDN": "Idn", "INFOMEAS1": "Imc1", "INFOMEAS2": "Imc2", "IV": "InverseVariance",
    "JAVE": "JointAverage", "ASM": "JointEnergy", "JE": "JointEntropy", "JMAX": "MaximumProbability",
    "SUMAVERAGE": "SumAverage", "SUMENTROPY": "SumEntropy", "JVAR": "SumSquares",
}
GLRLM = {
    "SRE": "ShortRunEmphasis", "LRE": "LongRunEmphasis", "GLN": "GrayLevelNonUniformity",
    "GLNN": "GrayLevelNonUniformityNormalized", "RLN": "RunLengthNonUniformity",
    "RLNN": "RunLengthNonUniformityNormalized", "RP": "RunPercentage", "GLV": "GrayLevelVariance",
    "RV": "RunVariance", "RE": "RunEntropy", "LGLRE": "LowGrayLevelRunEmphasis", "HGLRE": "HighGrayLevelRunEmphasis",
    "SRLGLE": "ShortRunLowGrayLevelEmphasis", "SRHGLE": "ShortRunHighGrayLevelEmphasis",
    "LRLGLE": "LongRunLowGrayLevelEmphasis", "LRHGLE": "LongRunHighGrayLevelEmphasis",
}
GLSZM = {
    "SAE": "SmallAreaEmphasis", "LAE": "LargeAreaEmphasis", "GLN": "GrayLevelNonUniformity",
    "GLNN": "GrayLevelNonUniformityNormalized", "SZN": "SizeZoneNonUniformity",
    "SZNN": "SizeZoneNonUniformityNormalized", "ZP": "ZonePercentage", "GLV": "GrayLevelVariance",
    "ZV": "ZoneVariance", "ZE": "ZoneEntropy", "LGLZE": "LowGrayLevelZoneEmphasis",
    "HGLZE": "HighGrayLevelZoneEmphasis", "SALGLE": "SmallAreaLowGrayLevelEmphasis",
    "SAHGLE": "SmallAreaHighGrayLevelEmphasis", "LALGLE": "LargeAreaLowGrayLevelEmphasis",
    "LAHGLE": "LargeAreaHighGrayLevelEmphasis",
}
GLDM = {
    "SDE": "SmallDependenceEmphasis", "LDE": "LargeDependenceEmphasis", "GLN": "GrayLevelNonUniformity",
    "DN": "DependenceNonUniformity", "DNN": "DependenceNonUniformityNormalized", "GLV": "GrayLevelVariance",
    "DV": "DependenceVariance", "DE": "DependenceEntropy", "LGLE": "LowGrayLevelEmphasis",
    "HGLE": "HighGrayLevelEmphasis", "SDLGLE": "SmallDependenceLowGrayLevelEmphasis",
    "SDHGLE": "SmallDependenceHighGrayLevelEmphasis", "LDLGLE": "LargeDependenceLowGrayLevelEmphasis",
    "LDHGLE": "LargeDependenceHighGrayLevelEmphasis",
}
NGTDM = {
    "COARSENESS": "Coarseness", "CONTRAST": "Contrast", "BUSYNESS": "Busyness", "COMPLEXITY": "Complexity",
    "STRENGTH": "Strength",
}


def names(dimensions):
    """Nyxus' name: PyRadiomics' name."""
    sign = "3" if dimensions == 3 else ""
    shape = ("shape", SHAPE_3D) if dimensions == 3 else ("shape2D", SHAPE_2D)
    groups = [("", "", "firstorder", FIRSTORDER), ("", "", *shape), ("GLCM_", "_AVE", "glcm", GLCM),
              ("GLRLM_", "_AVE", "glrlm", GLRLM), ("GLSZM_", "", "glszm", GLSZM), ("GLDM_", "", "gldm", GLDM),
              ("NGTDM_", "", "ngtdm", NGTDM)]
    return {sign + before + own + after: f"original_{group}_{name}"
            for before, after, group, table in groups for own, name in table.items()}
